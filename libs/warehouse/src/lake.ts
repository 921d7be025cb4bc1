// The part that needs no warehouse, for services that write the lake: no DuckDB, which is native, and no Redshift.
export { type Column, type ColumnType, type Row } from './columns.js';
export { LakeObjects } from './lake/lake-objects.js';
export { type LakeFile, MANIFEST_KEY, lakeKey, parseManifest, readManifest, writeManifest } from './lake/manifest.js';
export { decodeParquet, encodeParquet } from './lake/parquet.js';
export { LakeObjectMissingError, ManifestError } from './warehouse.errors.js';
