import { type LakeEvent, lakeColumns } from '@lethe/contracts';
import type { Database } from '@lethe/database';
import { LakeObjectMissingError, type LakeObjects, decodeParquet, encodeParquet } from '@lethe/warehouse/lake';
import { unpackEvents } from './lake-batch.js';
import { type FileRows, customersOf, filesOf, merged, withoutCustomers } from './lake-rows.js';
import type { LakeSettings } from './lake-settings.js';
import {
  ADD_CUSTOMERS,
  ADD_FILES,
  CHANGE_MANIFEST,
  DELETE_BATCHES,
  DELETE_JOB,
  FIND_BATCHES,
  FIND_ERASED,
  FIND_INPUTS,
  LOCK_JOB,
  RETIRE_INPUTS,
  TAKE_JOB,
} from './lake.sql.js';

/** Work on files whose outcome is settled: what goes in is assigned to it, and what may not come out is known. */
interface LakeJob {
  readonly id: string;
  readonly kind: 'export' | 'rewrite';
  readonly erasures: number;
}

interface WrittenFile extends FileRows {
  readonly bytes: number;
}

/**
 * Does the jobs that were assigned. Each writes the same objects under the same keys, however often it is begun and by
 * whom, and then, in one transaction, its files take the place of what they were made from: whoever dies anywhere in
 * between leaves a job that another does again.
 */
export class LakeJobs {
  constructor(
    private readonly database: Pick<Database, 'query' | 'transaction'>,
    private readonly objects: LakeObjects,
    private readonly settings: Pick<LakeSettings, 'arriving' | 'leaseMs' | 'keepReplacedMs'>,
  ) {}

  /** Does all that nobody else does, until there is none or the signal aborts; gives how many. */
  async runAll(signal: AbortSignal): Promise<number> {
    for (let done = 0; ; done += 1) {
      if (signal.aborted) return done;
      const [job] = await this.database.query<LakeJob>(TAKE_JOB, [this.settings.leaseMs]);
      if (!job) return done;
      await this.#run(job);
    }
  }

  async #run(job: LakeJob): Promise<void> {
    const events = await this.#input(job);
    const erased = await this.#erased(job, events);
    const written: WrittenFile[] = [];
    for (const file of filesOf(job.id, withoutCustomers(events, erased))) {
      const bytes = encodeParquet(lakeColumns, file.rows);
      await this.objects.put(file.key, bytes);
      written.push({ ...file, bytes: bytes.byteLength });
    }
    await this.#end(job, written);
  }

  async #input({ id, kind }: LakeJob): Promise<LakeEvent[]> {
    if (kind === 'export') {
      const batches = await this.database.query<{ events: string }>(FIND_BATCHES, [id]);
      return batches.flatMap(({ events }) => unpackEvents(events));
    }
    const inputs = await this.database.query<{ key: string }>(FIND_INPUTS, [id]);
    const events: LakeEvent[] = [];
    for (const { key } of inputs) {
      // What was written by `filesOf`, or by the catalogue's columns, which are the same.
      const bytes = await this.#bytesOf(key);
      if (bytes) events.push(...((await decodeParquet(lakeColumns, bytes)) as LakeEvent[]));
    }
    return merged(events);
  }

  /** Nothing for a file that arrived, was taken in by an earlier job, and was seen once more before it was removed. */
  async #bytesOf(key: string): Promise<Uint8Array | undefined> {
    const { arriving } = this.settings;
    try {
      return await this.objects.get(key);
    } catch (error) {
      if (error instanceof LakeObjectMissingError && arriving !== undefined && key.startsWith(arriving))
        return undefined;
      throw error;
    }
  }

  async #erased({ erasures }: LakeJob, events: readonly LakeEvent[]): Promise<ReadonlySet<string>> {
    const customers = customersOf(events);
    if (erasures === 0 || customers.length === 0) return new Set();
    const rows = await this.database.query<{ customer: string }>(FIND_ERASED, [erasures, customers]);
    return new Set(rows.map(({ customer }) => customer));
  }

  async #end({ id, erasures }: LakeJob, files: readonly WrittenFile[]): Promise<void> {
    const customers = files.flatMap(({ key, rows }) => customersOf(rows).map((customer) => ({ customer, key })));
    await this.database.transaction(async (tx) => {
      const [mine] = await tx.query(LOCK_JOB, [id]);
      if (!mine) return;
      await tx.query(RETIRE_INPUTS, [id, this.settings.keepReplacedMs]);
      await tx.query(DELETE_BATCHES, [id]);
      await tx.query(ADD_FILES, [
        files.map(({ key }) => key),
        files.map(({ type }) => type),
        files.map(({ day }) => day),
        files.map(({ rows }) => rows.length),
        files.map(({ bytes }) => bytes),
        erasures,
      ]);
      await tx.query(ADD_CUSTOMERS, [customers.map(({ customer }) => customer), customers.map(({ key }) => key)]);
      await tx.query(DELETE_JOB, [id]);
      await tx.query(CHANGE_MANIFEST);
    });
  }
}
