import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ConsumerEvent, ConsumerListener } from './stream-events.js';

/** Seconds that batches take: from a cheap one to one that outlives its lease. */
const BATCH_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Events that move a lease, and what `stream_leases_total` calls them. */
const CHURN = {
  'lease-taken': 'taken',
  'lease-asked-for': 'asked-for',
  'lease-released': 'released',
  'lease-lost': 'lost',
  'shard-ended': 'ended',
} as const;

/** Events of something that failed, and what `stream_failures_total` calls it. */
const FAILURES = {
  'handler-failed': 'handler',
  'parking-failed': 'dead-letters',
  'read-throttled': 'throttled',
} as const;

/** A consumer group, as far as its metrics ask it at each scrape. */
export interface ObservedGroup {
  readonly shards: readonly ObservedShard[];
}
export interface ObservedShard {
  readonly shardId: string;
  readonly millisBehindLatest: number | undefined;
  readonly lagRecords?: number | undefined;
}

/**
 * What a consumer group does, in Prometheus' text format, by stream and shard: records, batches, failures, dead letters,
 * leases that change hands, and at each scrape the lag of the shards that this worker reads. One for all groups of a
 * process: `listener` goes into a group's options, the group into `watch`.
 */
export class StreamMetrics {
  readonly #records: Counter<'stream' | 'shard' | 'outcome'>;
  readonly #seconds: Histogram<'stream'>;
  readonly #failures: Counter<'stream' | 'shard' | 'what'>;
  readonly #leases: Counter<'stream' | 'event'>;

  readonly #groups = new Map<string, ObservedGroup>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#records = new Counter({
      name: 'stream_records_total',
      help: 'Records that were handled, that could not be read, and that went to the dead letters.',
      labelNames: ['stream', 'shard', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'stream_batch_duration_seconds',
      help: 'Time in the handler, of one batch with all its attempts.',
      labelNames: ['stream'],
      buckets: BATCH_SECONDS,
      registers,
    });
    this.#failures = new Counter({
      name: 'stream_failures_total',
      help: 'What failed and was tried again: handlers, dead letters, reads, leases, checkpoints.',
      labelNames: ['stream', 'shard', 'what'],
      registers,
    });
    this.#leases = new Counter({
      name: 'stream_leases_total',
      help: 'Leases taken, asked for, released and lost by this worker, and shards that it ended.',
      labelNames: ['stream', 'event'],
      registers,
    });
    this.#showLag(registers);
  }

  /** Counts what a group of the stream tells. */
  listener(stream: string): ConsumerListener {
    return (event) => {
      if (event.type in CHURN) this.#leases.inc({ stream, event: CHURN[event.type as keyof typeof CHURN] });
      else if (event.type === 'batch-handled') {
        const { shardId: shard, records, invalid, durationMs } = event;
        if (records > 0) this.#records.inc({ stream, shard, outcome: 'handled' }, records);
        if (invalid > 0) this.#records.inc({ stream, shard, outcome: 'invalid' }, invalid);
        this.#seconds.observe({ stream }, durationMs / 1_000);
      } else if (event.type === 'record-parked') {
        this.#records.inc({ stream, shard: event.shardId, outcome: 'parked' });
      } else this.#failed(stream, event);
    };
  }

  /** Shows the lag of the group's shards. Those that it does not read any more are not shown. */
  watch(stream: string, group: ObservedGroup): void {
    this.#groups.set(stream, group);
  }

  #showLag(registers: Registry[]): void {
    const labelNames = ['stream', 'shard'] as const;
    const seconds: Gauge<'stream' | 'shard'> = new Gauge({
      name: 'stream_lag_seconds',
      help: 'How far the last record of a shard was ahead of what was read.',
      labelNames,
      registers,
      collect: () => this.#each(seconds, ({ millisBehindLatest: ms }) => (ms === undefined ? undefined : ms / 1_000)),
    });
    const records: Gauge<'stream' | 'shard'> = new Gauge({
      name: 'stream_lag_records',
      help: 'About how many records of a shard were not read yet.',
      labelNames,
      registers,
      collect: () => this.#each(records, ({ lagRecords }) => lagRecords),
    });
  }

  #each(gauge: Gauge<'stream' | 'shard'>, valueOf: (shard: ObservedShard) => number | undefined): void {
    gauge.reset();
    for (const [stream, { shards }] of this.#groups) {
      for (const shard of shards) {
        const value = valueOf(shard);
        if (value !== undefined) gauge.set({ stream, shard: shard.shardId }, value);
      }
    }
  }

  #failed(stream: string, event: ConsumerEvent): void {
    const what = failureOf(event);
    if (what === undefined) return;
    const shard = 'shardId' in event ? (event.shardId ?? '') : '';
    this.#failures.inc({ stream, shard, what });
  }
}

function failureOf(event: ConsumerEvent): string | undefined {
  if (event.type === 'failed') return event.what;
  return event.type in FAILURES ? FAILURES[event.type as keyof typeof FAILURES] : undefined;
}
