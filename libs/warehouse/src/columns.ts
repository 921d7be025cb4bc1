/** Types that Parquet, Redshift, Spark and DuckDB all have. Timestamps are of UTC, to the millisecond. */
export type ColumnType = 'text' | 'timestamp' | 'integer' | 'bigint';

/** A column of the lake's files. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** What a column of a row may hold: times as ISO 8601; what is left out is null. */
export type Row = Readonly<Record<string, string | number | undefined>>;

/** Whose SQL is meant. */
export type Dialect = 'duckdb' | 'redshift' | 'spark';

/** Redshift counts bytes; COPY refuses what is longer, so there is room. */
const REDSHIFT_TEXT = 'VARCHAR(2048)';

const TYPES: Readonly<Record<Dialect, Readonly<Record<ColumnType, string>>>> = {
  duckdb: { text: 'VARCHAR', timestamp: 'TIMESTAMP', integer: 'INTEGER', bigint: 'BIGINT' },
  redshift: { text: REDSHIFT_TEXT, timestamp: 'TIMESTAMP', integer: 'INTEGER', bigint: 'BIGINT' },
  spark: { text: 'STRING', timestamp: 'TIMESTAMP', integer: 'INT', bigint: 'BIGINT' },
};

/** `name TYPE, …` as a CREATE TABLE wants them. */
export function columnList(columns: readonly Column[], dialect: Dialect): string {
  return columns.map(({ name, type }) => `${name} ${TYPES[dialect][type]}`).join(', ');
}
