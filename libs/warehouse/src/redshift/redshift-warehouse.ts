import { columnList } from '../columns.js';
import { MANIFEST_KEY } from '../lake/manifest.js';
import { createTable } from '../models/dialects.js';
import type { Answer, BuildPlan, Warehouse } from '../warehouse.js';
import type { RedshiftStatements } from './redshift-statements.js';

export interface RedshiftWarehouseOptions {
  readonly statements: RedshiftStatements;
  readonly bucket: string;
  /** Role that Redshift takes to read the bucket; left out: the default role of its namespace. */
  readonly copyRoleArn?: string;
}

/** The warehouse on AWS: Redshift Serverless, loaded by COPY from the lake's own files. */
export class RedshiftWarehouse implements Warehouse {
  constructor(private readonly options: RedshiftWarehouseOptions) {}

  /** One batch of the Data API, which is one transaction: whoever asks sees the old tables until all new ones are there. */
  async build({ onStep, ...plan }: BuildPlan): Promise<void> {
    onStep?.('copy and models');
    await this.options.statements.runAll(buildStatements(plan, this.options));
  }

  query(sql: string): Promise<Answer> {
    return this.options.statements.query(sql);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a build says to Redshift, in order. */
export function buildStatements(
  { rawTable, columns, files, models }: Omit<BuildPlan, 'onStep'>,
  { bucket, copyRoleArn }: Pick<RedshiftWarehouseOptions, 'bucket' | 'copyRoleArn'>,
): string[] {
  const role = copyRoleArn === undefined ? 'default' : `'${copyRoleArn}'`;
  const copy = `COPY ${rawTable} FROM 's3://${bucket}/${MANIFEST_KEY}' IAM_ROLE ${role} FORMAT AS PARQUET MANIFEST`;
  return [
    `DROP TABLE IF EXISTS ${[rawTable, ...models.map(({ name }) => name)].join(', ')}`,
    `CREATE TABLE ${rawTable} (${columnList(columns, 'redshift')})`,
    // COPY of a manifest without files is an error.
    ...(files.length > 0 ? [copy] : []),
    ...models.map((model) => createTable(model, 'redshift')),
  ];
}
