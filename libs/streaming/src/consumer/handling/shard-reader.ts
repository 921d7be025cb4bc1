import type { StreamDefinition } from '@lethe/topology';
import type { RecordSource } from '../reading/record-source.js';
import { Delivery, type Tally } from './delivery.js';
import type { HandlingSettings } from './handling-options.js';
import { KeyLanes } from './lanes/key-lanes.js';
import { type Lanes, type Portion, SingleLane } from './lanes/lanes.js';
import type { Tenure } from './tenure.js';

/** Batches of every handler that a slow record may keep from being checkpointed, before nothing more is read. */
const OPEN_BATCHES = 20;

/**
 * Reads one shard under one lease: read, handle, then checkpoint, never the other way round. It reads ahead by a batch
 * for each handler, or by a page where that is more.
 */
export class ShardReader<D extends StreamDefinition> {
  /** How far the shard's last record was ahead at the last read; nothing before it. */
  millisBehindLatest: number | undefined;
  readonly #lanes: Lanes;
  readonly #delivery: Delivery<D>;
  readonly #broken = new AbortController();
  readonly #over: AbortSignal;
  #failure: { readonly error: unknown } | undefined;
  #running = 0;
  #changed: () => void = nothing;
  #checkpointed: string | undefined;
  #checkpointedAt: number;
  #checkpointing: Promise<void> | undefined;

  /** `from`: the checkpoint at which the source begins. `stop`: read no more, and finish what is under way. */
  constructor(
    private readonly settings: HandlingSettings<D>,
    private readonly tenure: Tenure,
    stop: AbortSignal,
    from: string,
  ) {
    this.#lanes = settings.parallelism === 1 ? new SingleLane() : new KeyLanes(settings.handleRecord ? 1 : undefined);
    this.#delivery = new Delivery(settings, tenure, stop, from);
    this.#checkpointedAt = settings.timers.monotonic();
    this.#over = AbortSignal.any([stop, tenure.lost, this.#broken.signal]);
    this.#over.addEventListener('abort', () => this.#changed(), { once: true });
  }

  /** Up to where all has taken effect and the checkpoint does not say so yet. */
  get uncheckpointed(): string | undefined {
    const { reached } = this.#lanes;
    return reached === this.#checkpointed ? undefined : reached;
  }

  /**
   * Reads until the shard ends or it is stopped; either way no handler runs any more. `ended`: every record of the shard
   * was settled. The lease stays held: what becomes of it is the caller's. Throws a LeaseLostError, a StaleBatchError,
   * an InvalidCheckpointError.
   */
  async run(source: RecordSource): Promise<'ended' | 'stopped'> {
    let last = false;
    try {
      last = await this.#read(source);
    } catch (error) {
      this.#break(error);
    }
    await this.#until(() => this.#running === 0 && (this.#over.aborted || this.#lanes.waiting === 0));
    await this.#checkpointing;
    if (this.#failure) throw this.#failure.error;
    this.tenure.assertHeld();
    return last && this.#lanes.open === 0 ? 'ended' : 'stopped';
  }

  /** Whether the shard was read to its end. */
  async #read(source: RecordSource): Promise<boolean> {
    while (!this.#over.aborted) {
      const page = await source.next(this.#over);
      if (page === undefined) return false;
      this.millisBehindLatest = page.millisBehindLatest;
      this.#lanes.add(page.records);
      this.#begin();
      if (page.last) return true;
      if (page.records.length === 0) await this.#checkpoint();
      await this.#until(() => this.#over.aborted || this.#hasRoom());
    }
    return false;
  }

  #hasRoom(): boolean {
    const { batchSize, parallelism } = this.settings;
    const batches = batchSize * parallelism;
    return this.#lanes.waiting < batches && this.#lanes.open < OPEN_BATCHES * batches;
  }

  /** Gives every free handler its share of what can be begun. */
  #begin(): void {
    const { parallelism, batchSize } = this.settings;
    while (this.#running < parallelism && !this.#over.aborted) {
      const share = Math.ceil(this.#lanes.ready / (parallelism - this.#running));
      const portion = this.#lanes.take(Math.min(batchSize, share));
      if (portion === undefined) return;
      this.#running += 1;
      void this.#settle(portion);
    }
  }

  async #settle(portion: Portion): Promise<void> {
    const tally: Tally = { records: 0, invalid: 0, durationMs: 0 };
    try {
      await this.#delivery.settle(portion, tally);
      if (this.#checkpointIsDue()) void this.#checkpoint();
    } catch (error) {
      this.#break(error);
    }
    portion.end();
    const { millisBehindLatest = 0 } = this;
    if (tally.records + tally.invalid > 0) {
      this.settings.onEvent({ type: 'batch-handled', shardId: this.tenure.shardId, ...tally, millisBehindLatest });
    }
    this.#running -= 1;
    this.#begin();
    this.#changed();
  }

  #checkpointIsDue(): boolean {
    const { timers, checkpointIntervalMs } = this.settings;
    return timers.monotonic() - this.#checkpointedAt >= checkpointIntervalMs;
  }

  /** One at a time; never rejects: a lease that is lost breaks the run. */
  async #checkpoint(): Promise<void> {
    const at = this.uncheckpointed;
    if (this.#checkpointing === undefined && at !== undefined) {
      this.#checkpointing = this.#write(at).finally(() => {
        this.#checkpointing = undefined;
      });
    }
    await this.#checkpointing;
  }

  async #write(at: string): Promise<void> {
    try {
      await this.tenure.checkpoint(at);
      this.#checkpointed = at;
      this.#checkpointedAt = this.settings.timers.monotonic();
    } catch (error) {
      this.#break(error);
    }
  }

  #break(error: unknown): void {
    this.#failure ??= { error };
    this.#broken.abort();
  }

  /** Waits for the condition, which only a portion's end or an abort makes true. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

function nothing(): void {}
