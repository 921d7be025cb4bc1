import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Column, ColumnType, Row } from '../columns.js';

/** Rows of a row group: what a reader holds at a time. */
const ROW_GROUP = 100_000;

const BASIC = { text: 'STRING', timestamp: 'TIMESTAMP', integer: 'INT32', bigint: 'INT64' } as const;

/**
 * Rows as a Parquet file, compressed by Snappy. The same rows give the same bytes: there is no time and no chance in it.
 * Columns of a row that are not declared are left out. Throws a RangeError for a time that is none, and for a number
 * that is not whole.
 */
export function encodeParquet(columns: readonly Column[], rows: readonly Row[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, type }) => ({
        name,
        type: BASIC[type],
        nullable: true,
        data: rows.map((row) => stored(row[name], type)),
      })),
      rowGroupSize: ROW_GROUP,
      createdBy: 'lethe',
    }),
  );
}

/** Reads what {@link encodeParquet} wrote, or any file with columns of the same names; what it lacks is left out. Throws a RangeError for others. */
export async function decodeParquet(columns: readonly Column[], bytes: Uint8Array): Promise<Row[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({ file: file as ArrayBuffer });
  return rows.map((row) => {
    const read = columns.map(({ name }) => [name, loaded(row[name])] as const);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined));
  });
}

function stored(value: string | number | undefined, type: ColumnType): string | number | bigint | Date | null {
  if (value === undefined) return null;
  if (type === 'text') return String(value);
  if (type === 'timestamp') {
    const time = new Date(value);
    if (Number.isNaN(time.getTime())) throw new RangeError(`"${value}" is not a time`);
    return time;
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`"${value}" is not a whole number`);
  return type === 'integer' ? number : BigInt(number);
}

function loaded(value: unknown): string | number | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new RangeError(`a column holds ${typeof value}`);
}
