import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { StreamDefinition } from '@lethe/topology';
import { pause } from '@lethe/kernel';
import { InvalidCheckpointError, LeaseLostError } from '../../streaming.errors.js';
import { parseCheckpoint } from '../leases/checkpoint.js';
import { HeldLease } from '../leases/held-lease.js';
import type { TakenLease } from '../leases/lease-coordinator.js';
import type { LeaseTable } from '../leases/lease-table.js';
import type { ShardLoad } from '../leases/lease.js';
import type { OpenSource } from '../reading/record-source.js';
import type { HandlingSettings } from './handling-options.js';
import { ShardReader } from './shard-reader.js';
import type { ShardCheckpoints, ShardTenure } from './checkpoints/shard-checkpoints.js';
import type { Tenure } from './tenure.js';

export interface ShardRunOptions<D extends StreamDefinition> {
  readonly kinesis: KinesisClient;
  readonly table: LeaseTable;
  readonly owner: string;
  readonly leaseDurationMs: number;
  readonly monotonic: () => number;
  readonly source: OpenSource;
  readonly handling: HandlingSettings<D>;
  /** What the shard carries, for the lease's row. */
  readonly load?: () => ShardLoad | undefined;
}

export type ShardOutcome = 'ended' | 'stopped' | 'lost' | 'failed';

/** One worker's tenure of one shard: from taking the lease to letting go of it, one way or another. */
export class ShardRun<D extends StreamDefinition> {
  /** Resolves when the shard is let go of and no handler runs; never rejects. */
  readonly done: Promise<ShardOutcome>;
  readonly #options: ShardRunOptions<D>;
  readonly #held: HeldLease;
  readonly #tenure: Tenure;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  #reader: ShardReader<D> | undefined;
  #heir: string | undefined;
  #hasFollowed = false;

  constructor(options: ShardRunOptions<D>, { lease, counter, takenAt }: TakenLease) {
    this.#options = options;
    const { table, owner, leaseDurationMs: durationMs, monotonic, load } = options;
    const onFailure = (error: unknown): void => {
      options.handling.onEvent({ type: 'failed', what: 'lease', shardId: lease.shardId, error });
    };
    const { timers } = options.handling;
    const about = { table, lease, owner, counter, durationMs, takenAt, monotonic, timers, onFailure };
    this.#held = new HeldLease({ ...about, ...(load && { load }) });
    const held = this.#held;
    this.#tenure = {
      shardId: held.shardId,
      fence: counter,
      lost: held.lost,
      assertHeld: () => held.assertHeld(),
      checkpoint: (at) => this.#checkpoint(at),
    };
    this.done = this.#run();
  }

  get shardId(): string {
    return this.#held.shardId;
  }
  /** Whether it was told to stop. */
  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }
  get millisBehindLatest(): number | undefined {
    return this.#reader?.millisBehindLatest;
  }

  /** Reads no more, waits for the handler, checkpoints, and gives the lease up; `heir`: who has asked for it. */
  stop(heir?: string): void {
    this.#heir ??= heir;
    this.#stop.abort();
  }

  async #run(): Promise<ShardOutcome> {
    const renewing = this.#keepRenewed();
    try {
      return await this.#read();
    } catch (error) {
      return await this.#giveUp(error);
    } finally {
      this.#over.abort();
      await renewing;
    }
  }

  async #read(): Promise<ShardOutcome> {
    const { handling } = this.#options;
    const { shardId, fence } = this.#tenure;
    const tenure = { stream: handling.stream, shardId, fence };
    const { initialCheckpoint: initial, replay } = this.#held;
    const from = (await handling.checkpoints?.open(tenure, initial, replay)) ?? initial;
    const reader = new ShardReader(handling, this.#tenure, this.#stop.signal, from);
    this.#reader = reader;
    const outcome = await this.#readFrom(from, reader);
    if (outcome === 'ended') {
      await this.#held.end();
      handling.onEvent({ type: 'shard-ended', shardId });
      await this.#tell((checkpoints) => checkpoints.close(tenure));
    } else {
      const { uncheckpointed } = reader;
      await this.#held.release(uncheckpointed);
      if (uncheckpointed !== undefined) await this.#followed();
      handling.onEvent({ type: 'lease-released', shardId, to: this.#heir });
    }
    return outcome;
  }

  async #readFrom(from: string, reader: ShardReader<D>): Promise<'ended' | 'stopped'> {
    const { kinesis, source: open, handling } = this.#options;
    const { shardId } = this;
    const position = parseCheckpoint(shardId, from);
    if (position.kind === 'end') throw new InvalidCheckpointError(shardId, from);
    const source = open({ kinesis, stream: handling.stream, shardId, from: position, onEvent: handling.onEvent });
    try {
      return await reader.run(source);
    } finally {
      source.close();
    }
  }

  async #checkpoint(at: string): Promise<void> {
    await this.#held.checkpoint(at);
    await this.#followed();
  }

  async #followed(): Promise<void> {
    if (this.#hasFollowed) return;
    this.#hasFollowed = true;
    await this.#tell((checkpoints, tenure) => checkpoints.followed(tenure));
  }

  /** What checkpoints beside the effects need not know for sure: the shard goes on without it. */
  async #tell(what: (checkpoints: ShardCheckpoints, tenure: ShardTenure) => Promise<void>): Promise<void> {
    const { checkpoints, onEvent, stream } = this.#options.handling;
    const { shardId, fence } = this.#tenure;
    if (!checkpoints) return;
    try {
      await what(checkpoints, { stream, shardId, fence });
    } catch (error) {
      onEvent({ type: 'failed', what: 'checkpoint', shardId, error });
    }
  }

  /** The lease is gone, or the shard cannot be read: then it is freed, without a checkpoint, for another to try. */
  async #giveUp(error: unknown): Promise<ShardOutcome> {
    const { onEvent } = this.#options.handling;
    const { shardId } = this;
    if (error instanceof LeaseLostError) {
      onEvent({ type: 'lease-lost', shardId, error });
      return 'lost';
    }
    onEvent({ type: 'failed', what: 'shard', shardId, error });
    try {
      await this.#held.release();
    } catch (releaseError) {
      onEvent({ type: 'failed', what: 'lease', shardId, error: releaseError });
    }
    return 'failed';
  }

  async #keepRenewed(): Promise<void> {
    const every = this.#options.leaseDurationMs / 3;
    for (;;) {
      const over = AbortSignal.any([this.#over.signal, this.#held.lost]);
      await pause(every, over, this.#options.handling.timers);
      if (this.#over.signal.aborted || this.#held.lost.aborted) return;
      try {
        await this.#held.renew(every);
      } catch (error) {
        // The loss aborts `held.lost`, through which the reader learns of it and reports it.
        if (!(error instanceof LeaseLostError)) throw error;
      }
    }
  }
}
