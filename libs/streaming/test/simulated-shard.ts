import { pause } from '@lethe/kernel';
import type { VirtualTime } from '@lethe/kernel/virtual-time';
import { encodeRecord } from '../src/record-codec.js';
import { LeaseLostError } from '../src/streaming.errors.js';
import type { UserRecord } from '../src/codec.js';
import type { RecordSource, ShardPage } from '../src/consumer/reading/record-source.js';
import type { Tenure } from '../src/consumer/handling/tenure.js';
import { Steps } from './steps.js';

/** A record of a simulated shard, and what is wrong with it. */
export interface Planned {
  readonly key: string;
  readonly fault: 'none' | 'poison' | 'unreadable';
}

/** What a checkpoint says at the place of a record. */
export const checkpointAt = (at: number): string => String(100 + at);
/** Records before that place, which a new owner has no more to do with. */
export const recordsBefore = (checkpoint: string): number =>
  checkpoint === 'TRIM_HORIZON' ? 0 : Number(checkpoint) - 99;

/** The records of a shard: each is a step whose number is its place. */
export function recordsOf(plan: readonly Planned[]): UserRecord[] {
  return plan.map(({ key, fault }, n) => ({
    sequenceNumber: checkpointAt(n),
    checkpoint: checkpointAt(n),
    partitionKey: key,
    bytes: fault === 'unreadable' ? Buffer.from('no record') : encodeRecord(Steps, { key, n }).bytes,
    arrivedAt: new Date(0),
  }));
}

/** Gives the records after a checkpoint in pages of random size, after random times, then the shard's end. */
export function sourceOf(records: readonly UserRecord[], from: string, time: VirtualTime): RecordSource {
  let at = recordsBefore(from);
  let closed = false;
  return {
    next: async (stop): Promise<ShardPage | undefined> => {
      await pause(time.random() * 300, stop, time);
      if (stop.aborted || closed) return undefined;
      const page = records.slice(at, at + Math.floor(time.random() * 12));
      at += page.length;
      const last = at === records.length && time.random() < 0.5;
      return { records: page, bytes: page.length, millisBehindLatest: last ? 0 : 1, last };
    },
    close: () => {
      closed = true;
    },
  };
}

/** A lease that somebody else can take at any time. */
export class SimulatedTenure implements Tenure {
  readonly shardId = 'shard';
  readonly #lost = new AbortController();

  constructor(
    readonly fence: number,
    private readonly time: VirtualTime,
    private readonly written: (checkpoint: string) => void,
  ) {}

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  lose(): void {
    this.#lost.abort(new LeaseLostError('shard'));
  }

  assertHeld(): void {
    if (this.#lost.signal.aborted) throw new LeaseLostError('shard');
  }

  async checkpoint(at: string): Promise<void> {
    await pause(this.time.random() * 50, undefined, this.time);
    this.assertHeld();
    this.written(at);
  }
}
