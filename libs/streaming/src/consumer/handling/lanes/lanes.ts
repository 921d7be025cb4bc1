import type { UserRecord } from '../../user-record.js';
import { Fifo } from './fifo.js';

/** Records that are handled together, one after the other, while no other portion has a record of their keys. */
export interface Portion {
  readonly records: readonly UserRecord[];
  /** The first `count` of them have taken effect. */
  done(count: number): void;
  /** Nobody works on it any more. What is not done by now is never given out again. */
  end(): void;
}

/** What of a shard was read: which records wait, which are at work, and up to where all have taken effect. */
export interface Lanes {
  /** Records read of which nobody has begun. */
  readonly waiting: number;
  /** Those among them that could be begun now. */
  readonly ready: number;
  /** Records after `reached`, done or not: as many come again after a crash. */
  readonly open: number;
  /** Checkpoint of the last record such that it and all before it have taken effect. */
  readonly reached: string | undefined;
  add(records: readonly UserRecord[]): void;
  /** Up to `limit` records that may be begun now; undefined where there are none. */
  take(limit: number): Portion | undefined;
}

/** One portion at a time, each following on the one before. */
export class SingleLane implements Lanes {
  readonly #waiting = new Fifo<UserRecord>();
  #atWork = 0;
  #busy = false;
  #reached: string | undefined;

  get waiting(): number {
    return this.#waiting.size;
  }
  get ready(): number {
    return this.#busy ? 0 : this.#waiting.size;
  }
  get open(): number {
    return this.#waiting.size + this.#atWork;
  }
  get reached(): string | undefined {
    return this.#reached;
  }

  add(records: readonly UserRecord[]): void {
    for (const record of records) this.#waiting.push(record);
  }

  take(limit: number): Portion | undefined {
    if (this.ready === 0) return undefined;
    const records = this.#waiting.take(limit);
    this.#busy = true;
    this.#atWork = records.length;
    return {
      records,
      done: (count) => {
        this.#reached = records[count - 1]?.checkpoint ?? this.#reached;
        this.#atWork = records.length - count;
      },
      end: () => {
        this.#busy = false;
      },
    };
  }
}
