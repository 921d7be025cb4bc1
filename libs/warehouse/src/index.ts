export { type Column, type ColumnType, type Dialect, type Row, columnList } from './columns.js';
export { DuckDbWarehouse, type DuckDbWarehouseOptions } from './duckdb/duckdb-warehouse.js';
export { LakeObjects } from './lake/lake-objects.js';
export { type LakeFile, MANIFEST_KEY, lakeKey, parseManifest, readManifest, writeManifest } from './lake/manifest.js';
export { decodeParquet, encodeParquet } from './lake/parquet.js';
export { createTable } from './models/dialects.js';
export { type Model, inOrder, parseModel, readModels } from './models/models.js';
export { type RedshiftDatabase, RedshiftStatements } from './redshift/redshift-statements.js';
export { RedshiftWarehouse, type RedshiftWarehouseOptions, buildStatements } from './redshift/redshift-warehouse.js';
export { type EmrJobOptions, SPARK_DRIVER, emrServerlessJob } from './spark/emr-serverless-job.js';
export { type SparkScriptOptions, sparkScript } from './spark/spark-script.js';
export type { Answer, BuildPlan, Cell, Warehouse } from './warehouse.js';
export {
  LakeObjectMissingError,
  ManifestError,
  ModelError,
  StatementError,
  WarehouseError,
} from './warehouse.errors.js';
