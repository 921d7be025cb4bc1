import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { fullJitter } from '@lethe/kernel';
import type { Shard } from '../lease.js';
import { listShards } from './list-shards.js';

/** A worker whose turn it is not looks by itself after so many intervals. */
const PATIENCE = 10;
const BACKOFF = { base: 1_000, cap: 30_000 } as const;

export interface ShardListOptions {
  readonly kinesis: KinesisClient;
  readonly stream: string;
  /** Milliseconds between two looks of the group of workers. */
  readonly everyMs: number;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Told of a look that failed while an older list is known. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The stream's shards, asked for as rarely as will do: ListShards has a limit that all readers of the stream share. Once
 * at the start; then by one worker of the group, now and then; and by whoever finds a shard ended whose children nobody
 * has written down. Where it is refused, the known list serves on and the next look waits, longer each time.
 */
export class ShardList {
  #shards: readonly Shard[] | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #waitMs = 0;
  #failures = 0;
  #staleLooks = 0;

  constructor(private readonly options: ShardListOptions) {}

  get shards(): readonly Shard[] {
    return this.#shards ?? [];
  }

  /** Looks if it is time to; `turn`: this worker looks for the group. Throws the SDK's errors where no list is known yet. */
  async refresh(turn: boolean): Promise<boolean> {
    if (this.#shards !== undefined && this.#age < this.#waitMs * (turn ? 1 : PATIENCE)) return false;
    return this.#look(this.options.everyMs * (0.8 + 0.4 * this.options.random()));
  }

  /** Looks because the list lacks the children of an ended shard: at once, and then less and less often. */
  async refreshStale(): Promise<boolean> {
    const { random } = this.options;
    const waitMs = this.#staleLooks === 0 ? 0 : fullJitter(this.#staleLooks, BACKOFF, random);
    if (this.#age < Math.max(waitMs, this.#failures > 0 ? this.#waitMs : 0)) return false;
    this.#staleLooks += 1;
    return this.#look(this.options.everyMs);
  }

  /** The list has all children again. */
  settled(): void {
    this.#staleLooks = 0;
  }

  /** Adds shards that another worker found and wrote down. */
  learn(shards: readonly Shard[]): void {
    const known = new Set(this.shards.map(({ shardId }) => shardId));
    this.#shards = [...this.shards, ...shards.filter(({ shardId }) => !known.has(shardId))];
  }

  get #age(): number {
    return this.options.monotonic() - this.#lookedAt;
  }

  async #look(nextMs: number): Promise<boolean> {
    const { kinesis, stream, random, onFailure } = this.options;
    this.#lookedAt = this.options.monotonic();
    try {
      this.#shards = await listShards(kinesis, stream);
      this.#waitMs = nextMs;
      this.#failures = 0;
      return true;
    } catch (error) {
      if (this.#shards === undefined) throw error;
      this.#failures += 1;
      this.#waitMs = BACKOFF.base + fullJitter(this.#failures, BACKOFF, random);
      onFailure(error);
      return false;
    }
  }
}
