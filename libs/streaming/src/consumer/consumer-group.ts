import type { StreamDefinition } from '@lethe/topology';
import { randomUUID } from 'node:crypto';
import { pause } from '@lethe/kernel';
import { type ConsumerGroupOptions, type ConsumerSettings, withDefaults } from './consumer-options.js';
import { LeaseCoordinator, type TakenLease } from './leases/lease-coordinator.js';
import { LeaseTable } from './leases/lease-table.js';
import { ShardRun } from './handling/shard-run.js';

/** Milliseconds, at most, that a worker leaves a shard alone which it could not read. */
const AVOID_MS = 5_000;

/** What the group is doing with one shard. */
export interface ShardStatus {
  readonly shardId: string;
  /** How far the shard's last record was ahead at the last read; nothing before it. */
  readonly millisBehindLatest: number | undefined;
}

/**
 * Reads a stream together with the same application's other workers: a lease per shard in DynamoDB says who reads it
 * and how far they are. A new application begins at the oldest record.
 */
export class ConsumerGroup<D extends StreamDefinition = StreamDefinition> {
  /** This worker's name in the leases. */
  readonly owner: string;
  readonly #settings: ConsumerSettings<D>;
  readonly #table: LeaseTable;
  readonly #coordinator: LeaseCoordinator;
  readonly #runs = new Map<string, ShardRun<D>>();
  readonly #avoidUntil = new Map<string, number>();
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #failedRounds = 0;
  #syncing: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: ConsumerGroupOptions<D>) {
    const settings = withDefaults(options);
    const { clients, application, stream, leaseTable } = settings;
    this.#settings = settings;
    this.owner = `${settings.worker}:${randomUUID()}`;
    this.#table = new LeaseTable({ dynamodb: clients.dynamodb, table: leaseTable, application, stream });
    const { kinesis } = clients;
    this.#coordinator = new LeaseCoordinator({ ...settings, kinesis, table: this.#table, owner: this.owner });
  }

  /** The shards that this worker reads now. */
  get shards(): readonly ShardStatus[] {
    return [...this.#runs.values()].map(({ shardId, millisBehindLatest }) => ({ shardId, millisBehindLatest }));
  }

  /**
   * Takes part. Resolves after the first round and never rejects: where the stream or the lease table cannot be read,
   * `onEvent` is told and the next round tries again, so that a service starts without them.
   */
  async start(): Promise<void> {
    if (this.#syncing !== undefined) return;
    const first = this.#round();
    this.#syncing = first.then(() => this.#keepSynced());
    await first;
  }

  /**
   * Reads no more, waits for the handlers in flight, checkpoints and frees the leases, so that others go on at once.
   * Never rejects: a lease that could not be freed expires.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    for (const run of this.#runs.values()) run.stop();
    await this.#syncing;
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
  }

  async #keepSynced(): Promise<void> {
    for (;;) {
      const { syncMs, random } = this.#settings;
      const interval = syncMs * (0.8 + 0.2 * random()) * Math.min(1 + this.#failedRounds, 5);
      await pause(interval, AbortSignal.any([this.#stopping.signal, this.#wake.signal]));
      if (this.#stopping.signal.aborted) return;
      this.#wake = new AbortController();
      await this.#round();
    }
  }

  async #round(): Promise<void> {
    try {
      await this.#sync();
      this.#failedRounds = 0;
    } catch (error) {
      this.#failedRounds += 1;
      this.#settings.onEvent({ type: 'failed', what: 'sync', error });
    }
  }

  async #sync(): Promise<void> {
    const { monotonic } = this.#settings;
    const avoided = (shardId: string): boolean => (this.#avoidUntil.get(shardId) ?? 0) > monotonic();
    const { taken, wanted } = await this.#coordinator.survey(new Set(this.#runs.keys()), avoided);
    for (const lease of taken) this.#begin(lease);
    for (const { shardId, handoffTo } of wanted) this.#runs.get(shardId)?.stop(handoffTo);
  }

  #begin(taken: TakenLease): void {
    const { clients, leaseDurationMs, monotonic, source } = this.#settings;
    const run = new ShardRun(
      {
        kinesis: clients.kinesis,
        table: this.#table,
        owner: this.owner,
        handling: this.#settings,
        source,
        leaseDurationMs,
        monotonic,
      },
      taken,
    );
    this.#runs.set(run.shardId, run);
    // Taken by a round that was under way when the group was told to stop.
    if (this.#stopping.signal.aborted) run.stop();
    void this.#end(run);
  }

  async #end(run: ShardRun<D>): Promise<void> {
    const outcome = await run.done;
    this.#runs.delete(run.shardId);
    const { monotonic, random } = this.#settings;
    if (outcome === 'failed') this.#avoidUntil.set(run.shardId, monotonic() + AVOID_MS * (0.2 + 0.8 * random()));
    // The children of an ended shard need not wait for the next round.
    if (outcome === 'ended') this.#wake.abort();
  }
}
