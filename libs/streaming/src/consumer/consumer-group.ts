import type { StreamDefinition } from '@lethe/topology';
import { randomUUID } from 'node:crypto';
import { pause } from '@lethe/kernel';
import { type ConsumerGroupOptions, type ConsumerSettings, withDefaults } from './consumer-options.js';
import { ShardRun } from './handling/shard-run.js';
import type { ConsumerListener } from './handling/stream-events.js';
import { ShardGauge } from './leases/balance/shard-gauge.js';
import { LeaseCoordinator, type TakenLease } from './leases/lease-coordinator.js';
import type { Lease } from './leases/lease.js';

/** Milliseconds, at most, that a worker leaves a shard alone which it could not read. */
const AVOID_MS = 5_000;
/** Milliseconds between rounds while leases that were asked for are on their way. */
export const EXPECTING_MS = 150;
/** Intervals of `syncMs` for which a worker that stops reads on, at most, until others have asked for its leases. */
const PATIENCE = 2;

/** What the group is doing with one shard. */
export interface ShardStatus {
  readonly stream: string;
  readonly shardId: string;
  /** How far the shard's last record was ahead at the last read; nothing before it. */
  readonly millisBehindLatest: number | undefined;
  /** About how many records that is, where it can be told; exact where it is 0. */
  readonly lagRecords: number | undefined;
}

interface Reading<D extends StreamDefinition> {
  readonly stream: string;
  readonly run: ShardRun<D>;
  readonly gauge: ShardGauge;
}

/**
 * Reads a stream, or several alike, together with the same application's other workers: a lease per shard in DynamoDB
 * says who reads it and how far they are. A new application begins at the oldest record, unless it is told otherwise.
 */
export class ConsumerGroup<D extends StreamDefinition = StreamDefinition> {
  /** This worker's name in the leases. */
  readonly owner: string;
  readonly #settings: ConsumerSettings<D>;
  readonly #coordinator: LeaseCoordinator;
  /** By key of the lease. */
  readonly #readings = new Map<string, Reading<D>>();
  readonly #avoidUntil = new Map<string, number>();
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #failedRounds = 0;
  #expecting = false;
  #syncing: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /** Throws a TypeError where options contradict each other. */
  constructor(options: ConsumerGroupOptions<D>) {
    const settings = withDefaults(options);
    this.#settings = settings;
    this.owner = `${settings.worker}:${randomUUID()}`;
    const { kinesis, dynamodb } = settings.clients;
    const checkpointsIn = settings.checkpoints?.place;
    this.#coordinator = new LeaseCoordinator({ ...settings, kinesis, dynamodb, checkpointsIn, owner: this.owner });
  }

  /** The shards that this worker reads now. */
  get shards(): readonly ShardStatus[] {
    return [...this.#readings.values()].map(
      ({ stream, run: { shardId, millisBehindLatest }, gauge: { lagRecords } }) => ({
        stream,
        shardId,
        millisBehindLatest,
        lagRecords,
      }),
    );
  }

  /**
   * Takes part. Resolves after the first round and never rejects: where the stream or the lease table cannot be read,
   * `onEvent` is told and the next round tries again, so that a service starts without them.
   */
  async start(): Promise<void> {
    if (this.#syncing !== undefined || this.#stopping.signal.aborted) return;
    const first = this.#round();
    this.#syncing = first.then(() => this.#keepSynced());
    await first;
  }

  /**
   * Offers its leases to the other workers and reads on until they have asked for them, for two intervals of `syncMs` at
   * most; then reads no more, waits for the handlers in flight, checkpoints, and gives each lease to the one who waits for
   * it. Where there is no other worker it stops at once. Never rejects: a lease that could not be freed expires.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    if (!this.#coordinator.heirs) this.#stopRuns();
    await this.#syncing;
    await this.#withdraw();
    await this.#handOver();
    this.#stopRuns();
    await Promise.all([...this.#readings.values()].map(({ run }) => run.done));
    // Once more: an owner may have been about to hand over.
    await this.#withdraw();
  }

  #stopRuns(): void {
    for (const { run } of this.#readings.values()) run.stop();
  }

  /** Gives its leases to those who ask for them, until it has none to offer, nobody else is there, or time is up. */
  async #handOver(): Promise<void> {
    const { syncMs, monotonic, timers, onEvent } = this.#settings;
    const until = monotonic() + PATIENCE * syncMs;
    try {
      for (let held = this.#offerable; held.size > 0 && monotonic() < until; held = this.#offerable) {
        const { wanted } = await this.#coordinator.offer(held);
        if (!this.#coordinator.heirs) return;
        this.#letGoOf(wanted);
        if (this.#offerable.size > 0) await pause(Math.min(EXPECTING_MS, syncMs), undefined, timers);
      }
    } catch (error) {
      onEvent({ type: 'failed', what: 'lease', error });
    }
  }

  /** Keys of the leases whose shards are read until somebody asks for them. */
  get #offerable(): ReadonlySet<string> {
    return new Set([...this.#readings].flatMap(([key, { run }]) => (run.stopping ? [] : [key])));
  }

  async #withdraw(): Promise<void> {
    try {
      await this.#coordinator.withdraw();
    } catch (error) {
      this.#settings.onEvent({ type: 'failed', what: 'lease', error });
    }
  }

  async #keepSynced(): Promise<void> {
    for (;;) {
      const over = AbortSignal.any([this.#stopping.signal, this.#wake.signal]);
      await pause(this.#untilNextRound(), over, this.#settings.timers);
      if (this.#stopping.signal.aborted) return;
      this.#wake = new AbortController();
      await this.#round();
    }
  }

  #untilNextRound(): number {
    const { syncMs, random } = this.#settings;
    const interval = syncMs * (0.8 + 0.2 * random()) * Math.min(1 + this.#failedRounds, 5);
    return this.#expecting && this.#failedRounds === 0 ? Math.min(interval, EXPECTING_MS) : interval;
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
    const avoided = (key: string): boolean => (this.#avoidUntil.get(key) ?? 0) > monotonic();
    const { taken, wanted, expecting } = await this.#coordinator.survey(new Set(this.#readings.keys()), avoided);
    this.#expecting = expecting;
    for (const lease of taken) this.#begin(lease);
    this.#letGoOf(wanted);
  }

  #letGoOf(wanted: readonly Lease[]): void {
    for (const { key, handoffTo } of wanted) this.#readings.get(key)?.run.stop(handoffTo);
  }

  #begin(taken: TakenLease): void {
    const { clients, leaseDurationMs, monotonic, source, onEvent } = this.#settings;
    const { stream, key } = taken.lease;
    const gauge = new ShardGauge(monotonic);
    const measured: ConsumerListener = (event) => {
      if (event.type === 'page-read') gauge.note(event);
      onEvent(event);
    };
    const run = new ShardRun(
      {
        kinesis: clients.kinesis,
        table: taken.table,
        owner: this.owner,
        handling: { ...this.#settings, stream, onEvent: measured },
        source,
        leaseDurationMs,
        monotonic,
        load: () => gauge.load,
      },
      taken,
    );
    this.#readings.set(key, { stream, run, gauge });
    void this.#end(key, run);
  }

  async #end(key: string, run: ShardRun<D>): Promise<void> {
    const outcome = await run.done;
    this.#readings.delete(key);
    const { monotonic, random } = this.#settings;
    if (outcome === 'failed') this.#avoidUntil.set(key, monotonic() + AVOID_MS * (0.2 + 0.8 * random()));
    // The children of an ended shard need not wait for the next round; nor a shard whose heir has withdrawn meanwhile.
    if (outcome === 'ended' || outcome === 'stopped') this.#wake.abort();
  }
}
