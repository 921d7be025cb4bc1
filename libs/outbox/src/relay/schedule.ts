import type { Database } from '@lethe/database';
import { ENQUEUE_DUE, WALK_INDEXES } from '../outbox.sql.js';

const BATCH = 1_000;

interface Enqueued {
  readonly enqueued: number;
  readonly nextMs: number | null;
}

/**
 * Puts messages of later in line when their time has come. Every relay looks, at least once per poll interval, and each
 * message is moved by one of them: from then on it is a row like others. One that dies on the way leaves it where it was.
 */
export class Schedule {
  #lookAt = 0;

  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    /** The longest that another process's message may go unnoticed. */
    private readonly everyMs: number,
  ) {}

  /** Milliseconds until the next look; never negative. */
  get idleMs(): number {
    return Math.max(0, this.#lookAt - performance.now());
  }

  /** Moves what is due, if it is time to look. Throws as `Database.transaction` does, without repeating. */
  async look(): Promise<void> {
    if (this.idleMs > 0) return;
    const { enqueued, nextMs } = await this.enqueueDue();
    const wait = enqueued < BATCH ? Math.min(this.everyMs, nextMs ?? this.everyMs) : 0;
    this.#lookAt = performance.now() + Math.max(0, wait);
  }

  /** Moves at most 1,000 due messages; gives their number and how long the next has to wait, by the database's clock. */
  async enqueueDue(): Promise<Enqueued> {
    const rows = await this.database.transaction(
      async (tx) => {
        const [, found] = await Promise.all([tx.query(WALK_INDEXES), tx.query<Enqueued>(ENQUEUE_DUE, [BATCH])]);
        return found;
      },
      { attempts: 1 },
    );
    return rows[0] ?? { enqueued: 0, nextMs: null };
  }
}
