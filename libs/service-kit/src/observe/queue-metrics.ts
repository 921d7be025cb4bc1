import type { CallTotals } from '@lethe/aws';
import { pause } from '@lethe/kernel';
import type { ConsumerObserver, ConsumerState, Settled } from '@lethe/messaging';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds that handlers take: from a cheap one to one that is extended. */
const HANDLER_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Milliseconds for which the oldest message is remembered, so that a scrape in between sees it. */
const OLDEST_WINDOW_MS = 60_000;

/** A scrape is given ten seconds by default, and has more to ask for. */
const DEPTHS_TIMEOUT_MS = 2_000;

/** How full the queue and its dead-letter queue are. */
export interface QueueDepths {
  readonly waiting: number;
  readonly inFlight: number;
  readonly deadLetters: number;
}

export interface QueueMetricsOptions {
  readonly registry: Registry;
  /** Types that the service handles: a label for each. Any other, which anybody could send, is `other`. */
  readonly types: readonly string[];
  /** Calls of this process to AWS. */
  readonly calls: { snapshot(): Readonly<Record<string, CallTotals>> };
  /** Asked at each scrape; while it fails, depths are not shown. */
  readonly depths: () => Promise<QueueDepths>;
  /** Milliseconds that never go back. */
  readonly monotonic?: () => number;
}

/** Operations of SQS that consuming takes. */
const CONSUMING = /^sqs\.(ReceiveMessage|DeleteMessage|ChangeMessageVisibility)/;

/**
 * What a service's consumer does, in Prometheus' text format: messages received, settled (by outcome) and repeated, time
 * of handlers, age of the oldest message, handlers at once, calls of SQS per message, and how full the queue is.
 */
export class QueueMetrics implements ConsumerObserver {
  readonly #types: ReadonlySet<string>;
  readonly #received: Counter;
  readonly #repeated: Counter;
  readonly #settled: Counter<'type' | 'outcome'>;
  readonly #seconds: Histogram<'type'>;
  readonly #running: Gauge;
  readonly #monotonic: () => number;
  #receivedCount = 0;
  /** The oldest of this window and of the one before. */
  #oldest = { since: 0, nowMs: 0, beforeMs: 0 };

  constructor({ registry, types, calls, depths, monotonic = () => performance.now() }: QueueMetricsOptions) {
    this.#types = new Set(types);
    this.#monotonic = monotonic;
    const registers = [registry];
    this.#received = new Counter({ name: 'messaging_received_total', help: 'Messages received.', registers });
    this.#repeated = new Counter({
      name: 'messaging_repeated_total',
      help: 'Messages that came back after their work was done here, and were deleted unhandled.',
      registers,
    });
    this.#settled = new Counter({
      name: 'messaging_settled_total',
      help: 'Deliveries that ended: done, retried or dead-lettered.',
      labelNames: ['type', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'messaging_handler_duration_seconds',
      help: 'Time of handlers.',
      labelNames: ['type'],
      buckets: HANDLER_SECONDS,
      registers,
    });
    this.#running = new Gauge({ name: 'messaging_handlers_limit', help: 'Handlers that may run at once.', registers });
    this.#showAge(registers);
    this.#showCalls(registers, calls);
    showDepths(registers, depths);
  }

  received(count: number): void {
    this.#receivedCount += count;
    if (count > 0) this.#received.inc(count);
  }

  repeated(): void {
    this.#repeated.inc();
  }

  settled({ type, outcome, durationMs, ageMs }: Settled): void {
    const label = type !== undefined && this.#types.has(type) ? type : 'other';
    this.#settled.inc({ type: label, outcome });
    this.#seconds.observe({ type: label }, durationMs / 1_000);
    this.#roll();
    if (ageMs !== undefined) this.#oldest.nowMs = Math.max(this.#oldest.nowMs, ageMs);
  }

  state({ concurrency }: ConsumerState): void {
    this.#running.set(concurrency);
  }

  #roll(): void {
    const now = this.#monotonic();
    const { since, nowMs } = this.#oldest;
    const windows = Math.floor((now - since) / OLDEST_WINDOW_MS);
    if (windows > 0) this.#oldest = { since: now, nowMs: 0, beforeMs: windows === 1 ? nowMs : 0 };
  }

  #showAge(registers: Registry[]): void {
    const gauge: Gauge = new Gauge({
      name: 'messaging_oldest_message_age_seconds',
      help: 'Age of the oldest message that ended in the last minute or two, from being sent to the end of its handler.',
      registers,
      collect: () => {
        this.#roll();
        gauge.set(Math.max(this.#oldest.nowMs, this.#oldest.beforeMs) / 1_000);
      },
    });
  }

  #showCalls(registers: Registry[], calls: QueueMetricsOptions['calls']): void {
    const gauge: Gauge = new Gauge({
      name: 'messaging_api_calls_per_message',
      help: 'Receives, deletes and extensions of visibility for each message received since the start.',
      registers,
      collect: () => {
        const made = Object.entries(calls.snapshot()).filter(([operation]) => CONSUMING.test(operation));
        const attempts = made.reduce((sum, [, totals]) => sum + totals.attempts, 0);
        gauge.set(this.#receivedCount === 0 ? 0 : attempts / this.#receivedCount);
      },
    });
  }
}

function showDepths(registers: Registry[], depths: QueueMetricsOptions['depths']): void {
  const gauge: Gauge<'state'> = new Gauge({
    name: 'messaging_queue_messages',
    help: 'Messages in the queue of the service, about: waiting, in flight, and in its dead-letter queue.',
    labelNames: ['state'],
    registers,
    collect: async () => {
      gauge.reset();
      // A scrape neither fails nor waits because SQS cannot be reached: what is not known is not shown.
      const known = await inTime(depths());
      if (known === undefined) return;
      gauge.set({ state: 'waiting' }, known.waiting);
      gauge.set({ state: 'in_flight' }, known.inFlight);
      gauge.set({ state: 'dead_letters' }, known.deadLetters);
    },
  });
}

/** The value; undefined where it fails or takes too long. */
async function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  const known = new AbortController();
  const late = pause(DEPTHS_TIMEOUT_MS, known.signal).then(() => undefined);
  const outcome = await Promise.race([Promise.allSettled([asked]), late]);
  known.abort();
  const [first] = outcome ?? [];
  return first?.status === 'fulfilled' ? first.value : undefined;
}
