import type { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { type LakeFile, type LakeObjects, writeManifest } from '@lethe/warehouse/lake';
import { LakeArrivals } from './lake-arrivals.js';
import { LakeJobs } from './lake-jobs.js';
import type { LakeSettings } from './lake-settings.js';
import {
  ASSIGN_COMPACTION,
  ASSIGN_ERASURE,
  ASSIGN_EXPORT,
  END_ERASURES,
  FIND_GARBAGE,
  FIND_MANIFEST,
  FORGET_GARBAGE,
  FORGET_IN_FACTS,
  LOCK_PUBLISHING,
  MARK_PUBLISHED,
} from './lake.sql.js';

/** What a round did. */
export interface LakeRound {
  /** Files written anew: exports, merged ones, those of which a customer was taken out. */
  readonly jobs: number;
  /** Erasures that ended. */
  readonly erased: number;
}

/** Rounds of one kind of work at most, so that the other kinds get their turn; what is left is the next tick's. */
const MOST = 200;
const GARBAGE_AT_ONCE = 1_000;

/** Keeps the lake: brings in what waits and what arrived, merges small files, forgets who is to be forgotten, and says which files count. */
export class LakeKeeper {
  readonly #jobs: LakeJobs;
  readonly #arrivals: LakeArrivals;

  constructor(
    private readonly database: Pick<Database, 'query' | 'transaction'>,
    private readonly objects: LakeObjects,
    private readonly settings: LakeSettings,
  ) {
    this.#jobs = new LakeJobs(database, objects, settings);
    this.#arrivals = new LakeArrivals(database, objects, settings);
  }

  /** One round; any number of replicas may be at it at once. What an earlier round left when it died is done first. */
  async keep(signal: AbortSignal = new AbortController().signal): Promise<LakeRound> {
    const { exportEvents, smallBytes, compactFrom } = this.settings;
    let jobs = await this.#jobs.runAll(signal);
    await this.database.query(FORGET_IN_FACTS);
    const assignments = [
      () => this.#arrivals.assign(),
      () => this.database.query(ASSIGN_EXPORT, [uuidv7(), exportEvents]),
      () => this.database.query(ASSIGN_ERASURE, [uuidv7()]),
      () => this.database.query(ASSIGN_COMPACTION, [uuidv7(), smallBytes, compactFrom]),
    ];
    for (const assign of assignments) {
      for (let round = 0; round < MOST && !signal.aborted && (await assign()).length > 0; round += 1)
        jobs += await this.#jobs.runAll(signal);
    }
    await this.#publish();
    await this.#sweep(signal);
    const erased = await this.database.query(END_ERASURES);
    return { jobs, erased: erased.length };
  }

  async #publish(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(LOCK_PUBLISHING);
      const rows = await tx.query<{ version: number; key: string | null; bytes: number }>(FIND_MANIFEST);
      const [first] = rows;
      if (!first) return;
      const files = rows.flatMap(({ key, bytes }): LakeFile[] => (key === null ? [] : [{ key, bytes }]));
      // Written again where the commit fails: the same state, or a newer one.
      await writeManifest(this.objects, files);
      await tx.query(MARK_PUBLISHED, [first.version]);
    });
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await this.database.query<{ key: string }>(FIND_GARBAGE, [GARBAGE_AT_ONCE]);
      if (found.length === 0) return;
      const keys = found.map(({ key }) => key);
      await this.objects.delete(keys);
      await this.database.query(FORGET_GARBAGE, [keys]);
    }
  }
}
