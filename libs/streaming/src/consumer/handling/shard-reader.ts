import { childTrace, runInTrace } from '@lethe/kernel';
import type { StreamDefinition } from '@lethe/topology';
import { fullJitter, pause } from '@lethe/kernel';
import { InvalidCheckpointError } from '../../streaming.errors.js';
import { type StreamBatch, readBatch, traceOf } from './batch.js';
import type { HeldLease } from '../leases/held-lease.js';
import type { ShardPage, ShardPages } from '../shard-pages.js';
import type { ConsumerListener } from './stream-events.js';
import type { UserRecord } from '../user-record.js';

/** Kinesis allows five reads a second and shard, whoever makes them. */
const READ_SPACING_MS = 205;
const READ_BACKOFF = { base: 200, cap: 5_000 } as const;

export interface ReadingOptions<D extends StreamDefinition> {
  readonly definition: D;
  readonly handle: (batch: StreamBatch<D>) => Promise<void>;
  /** Records of one batch. */
  readonly batchSize: number;
  readonly idlePollMs: number;
  readonly checkpointIntervalMs: number;
  readonly handlerBackoff: { readonly base: number; readonly cap: number };
  readonly onEvent: ConsumerListener;
}

/** Reads one shard under one lease: read, handle, then checkpoint, never the other way round. */
export class ShardReader<D extends StreamDefinition> {
  /** How far the shard's last record was ahead at the last read; nothing before it. */
  millisBehindLatest: number | undefined;
  #handled: string | undefined;
  #checkpointedAt = 0;

  constructor(
    private readonly options: ReadingOptions<D>,
    private readonly held: HeldLease,
    private readonly pages: ShardPages,
  ) {}

  /** The place of the last record that took effect and is not yet in the checkpoint. */
  get uncheckpointed(): string | undefined {
    return this.#handled;
  }

  /**
   * Reads until the shard ends or the signal stops it; then waits for the handler in flight. The lease stays held: what
   * becomes of it is the caller's. Throws a LeaseLostError, an InvalidCheckpointError.
   */
  async run(stop: AbortSignal): Promise<'ended' | 'stopped'> {
    let spacing = 0;
    for (;;) {
      await pause(Math.max(0, this.pages.readAt + spacing - performance.now()), stop);
      if (stop.aborted) return 'stopped';
      const page = await this.#read(stop);
      if (page === undefined || !(await this.#handle(page, stop))) return 'stopped';
      if (page.last) return 'ended';
      if (this.#checkpointIsDue(page)) await this.#checkpoint();
      const caughtUp = page.records.length === 0 && page.millisBehindLatest === 0;
      spacing = caughtUp ? Math.max(READ_SPACING_MS, this.options.idlePollMs) : READ_SPACING_MS;
    }
  }

  /** Tries until a page is read; nothing when stopped meanwhile. */
  async #read(stop: AbortSignal): Promise<ShardPage | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      this.held.assertHeld();
      try {
        const page = await this.pages.next();
        this.millisBehindLatest = page.millisBehindLatest;
        return page;
      } catch (error) {
        if (error instanceof InvalidCheckpointError) throw error;
        this.options.onEvent({ type: 'failed', what: 'read', shardId: this.held.shardId, error });
      }
      await pause(READ_SPACING_MS + fullJitter(attempt, READ_BACKOFF), AbortSignal.any([stop, this.held.lost]));
      if (stop.aborted) return undefined;
    }
  }

  /**
   * Hands the page to the handler, batch by batch, until it succeeds: no record is skipped because a handler threw (KCL
   * does). False when stopped before that. Throws a LeaseLostError.
   */
  async #handle({ records, millisBehindLatest }: ShardPage, stop: AbortSignal): Promise<boolean> {
    for (let from = 0; from < records.length; from += this.options.batchSize) {
      if (from > 0 && stop.aborted) return false;
      const read = records.slice(from, from + this.options.batchSize);
      if (!(await this.#handleBatch(read, millisBehindLatest, stop))) return false;
    }
    return true;
  }

  async #handleBatch(read: readonly UserRecord[], millisBehindLatest: number, stop: AbortSignal): Promise<boolean> {
    const { shardId } = this.held;
    const { records, invalid } = readBatch(this.options.definition, read);
    const batch: StreamBatch<D> = { shardId, records, invalid, signal: this.held.lost };
    for (let attempt = 1; ; attempt += 1) {
      this.held.assertHeld();
      const began = performance.now();
      try {
        await runInTrace(childTrace(traceOf(records)), () => this.options.handle(batch));
        const durationMs = performance.now() - began;
        this.#handled = read.at(-1)?.checkpoint;
        const counts = { records: records.length, invalid: invalid.length };
        this.options.onEvent({ type: 'batch-handled', shardId, ...counts, durationMs, millisBehindLatest });
        return true;
      } catch (error) {
        this.options.onEvent({ type: 'handler-failed', shardId, attempt, error });
      }
      if (stop.aborted) return false;
      await pause(fullJitter(attempt, this.options.handlerBackoff), AbortSignal.any([stop, this.held.lost]));
      if (stop.aborted) return false;
    }
  }

  /** Now and then while there is much to read, and at once when there is not. */
  #checkpointIsDue({ records }: ShardPage): boolean {
    if (this.#handled === undefined) return false;
    return records.length === 0 || performance.now() - this.#checkpointedAt >= this.options.checkpointIntervalMs;
  }

  async #checkpoint(): Promise<void> {
    if (this.#handled === undefined) return;
    await this.held.checkpoint(this.#handled);
    this.#handled = undefined;
    this.#checkpointedAt = performance.now();
  }
}
