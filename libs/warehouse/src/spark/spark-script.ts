import type { Column } from '../columns.js';
import { createTable } from '../models/dialects.js';
import type { Model } from '../models/models.js';

export interface SparkScriptOptions {
  readonly rawTable: string;
  readonly columns: readonly Column[];
  readonly models: readonly Model[];
  /** Where the lake's files lie, such as `s3://bucket/`; those of the manifest replace `/*` where the job reads it. */
  readonly lake: string;
}

/**
 * The build as Spark SQL: statements that `spark-sql -f` or the driver of {@link emrServerlessJob} runs in order. The raw
 * rows are a view over the files, so that nothing is copied.
 */
export function sparkScript({ rawTable, columns, models, lake }: SparkScriptOptions): string {
  const base = lake.endsWith('/') ? lake : `${lake}/`;
  const names = columns.map(({ name }) => name).join(', ');
  const raw = `CREATE OR REPLACE TEMPORARY VIEW ${rawTable} AS\nSELECT ${names} FROM parquet.\`${base}type=*/day=*/*.parquet\``;
  const tables = models.flatMap((model) => [`DROP TABLE IF EXISTS ${model.name}`, createTable(model, 'spark')]);
  return `${[raw, ...tables].join(';\n\n')};\n`;
}
