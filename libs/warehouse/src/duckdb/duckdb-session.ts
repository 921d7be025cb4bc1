import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StatementError } from '../warehouse.errors.js';
import type { Answer, Cell } from '../warehouse.js';

/** One connection to a DuckDB file of its own, or to one in memory. */
export class DuckDbSession {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(path: string, options: Record<string, string> = {}): Promise<DuckDbSession> {
    // What is not bundled would be fetched from the network.
    const settings = { autoinstall_known_extensions: 'false', ...options };
    const instance = await DuckDBInstance.create(path, settings);
    return new DuckDbSession(instance, await instance.connect());
  }

  /** Throws a {@link StatementError}. */
  async run(sql: string): Promise<void> {
    try {
      await this.connection.run(sql);
    } catch (cause) {
      throw new StatementError(sql, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  /** Throws a {@link StatementError}. */
  async query(sql: string): Promise<Answer> {
    try {
      const reader = await this.connection.runAndReadAll(sql);
      const narrow = narrowed(reader.columnTypes());
      const rows = reader.getRowsJson().map((row) => row.map((value, column) => narrow(cellOf(value), column)));
      return { columns: reader.columnNames(), rows };
    } catch (cause) {
      throw new StatementError(sql, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return JSON.stringify(value);
}

/** Whole numbers that DuckDB gives as text, as numbers where they are safe. */
function narrowed(types: readonly { toString(): string }[]): (cell: Cell, column: number) => Cell {
  const whole = types.map((type) => /^(BIGINT|HUGEINT|UBIGINT|DECIMAL\(\d+,0\))$/.test(String(type)));
  return (cell, column) => {
    const number = Number(cell);
    return whole[column] === true && typeof cell === 'string' && Number.isSafeInteger(number) ? number : cell;
  };
}
