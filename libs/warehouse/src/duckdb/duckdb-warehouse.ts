import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { columnList } from '../columns.js';
import type { LakeObjects } from '../lake/lake-objects.js';
import { createTable } from '../models/dialects.js';
import { WarehouseError } from '../warehouse.errors.js';
import type { Answer, BuildPlan, Warehouse } from '../warehouse.js';
import { DuckDbSession } from './duckdb-session.js';
import { cacheLake } from './lake-cache.js';

export interface DuckDbWarehouseOptions {
  /** The warehouse's own folder: the database, and copies of the lake's files. */
  readonly folder: string;
  readonly objects: Pick<LakeObjects, 'get'>;
  /** Settings of DuckDB such as `threads`, `memory_limit`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The warehouse on this machine: DuckDB over copies of the lake's files. */
export class DuckDbWarehouse implements Warehouse {
  readonly #options: DuckDbWarehouseOptions;
  #session: DuckDbSession | undefined;

  constructor(options: DuckDbWarehouseOptions) {
    this.#options = options;
  }

  /** Builds beside what is there and then takes its place, so that a build that fails changes nothing. */
  async build({ rawTable, columns, files, models, onStep }: BuildPlan): Promise<void> {
    const { folder, objects, settings } = this.#options;
    await mkdir(folder, { recursive: true });
    onStep?.('lake');
    const paths = await cacheLake(join(folder, 'lake'), objects, files);
    const next = `${this.#path}.next`;
    await removeDatabase(next);
    const session = await DuckDbSession.open(next, settings);
    try {
      await session.run(`CREATE TABLE ${rawTable} (${columnList(columns, 'duckdb')})`);
      // Files from before a column was added have nothing there.
      if (paths.length > 0)
        await session.run(
          `INSERT INTO ${rawTable} BY NAME SELECT * FROM read_parquet([${paths.map(quoted).join(', ')}], union_by_name = true, hive_partitioning = false)`,
        );
      for (const model of models) {
        onStep?.(model.name);
        await session.run(createTable(model, 'duckdb'));
      }
      await session.run('CHECKPOINT');
    } finally {
      session.close();
    }
    await this.close();
    await rename(next, this.#path);
  }

  async query(sql: string): Promise<Answer> {
    if (!this.#session) {
      await access(this.#path).catch((cause: unknown) => {
        throw new WarehouseError('the warehouse was never built', { cause });
      });
      this.#session = await DuckDbSession.open(this.#path, { ...this.#options.settings, access_mode: 'READ_ONLY' });
    }
    return this.#session.query(sql);
  }

  async close(): Promise<void> {
    this.#session?.close();
    this.#session = undefined;
    await Promise.resolve();
  }

  get #path(): string {
    return join(this.#options.folder, 'warehouse.duckdb');
  }
}

async function removeDatabase(path: string): Promise<void> {
  await Promise.all([path, `${path}.wal`].map((file) => rm(file, { force: true })));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
