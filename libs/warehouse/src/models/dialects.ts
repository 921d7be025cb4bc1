import type { Dialect } from '../columns.js';
import type { Model } from './models.js';

/** The statement that makes a model's table, where there is none of its name. */
export function createTable({ name, select }: Model, dialect: Dialect): string {
  return dialect === 'spark' ? `CREATE TABLE ${name} USING parquet AS ${select}` : `CREATE TABLE ${name} AS ${select}`;
}
