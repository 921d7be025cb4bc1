import fc from 'fast-check';
import type { FaultRates } from '../../src/testing/faults.js';

/** How one attempt to handle a message goes. */
export interface PlannedAttempt {
  readonly outcome: 'done' | 'throw' | 'retry' | 'reject';
  /** Milliseconds that the handler takes. */
  readonly ms: number;
  /** Whether the handler ends early when its signal is aborted. */
  readonly obeys: boolean;
}

export interface PlannedMessage {
  /** The body. */
  readonly key: string;
  readonly group: string;
  /** Milliseconds after the message before it. */
  readonly afterMs: number;
  /** Attempts one by one; those after the last are done in no time. */
  readonly attempts: readonly PlannedAttempt[];
}

/** A consumer that comes and goes beside the one that stays. */
export interface Visitor {
  readonly fromMs: number;
  readonly forMs: number;
  readonly end: 'close' | 'kill';
}

/** A while in which all requests are lost, or all answers; of every kind, or only those about visibility. */
export interface Outage {
  readonly of: 'everything' | 'visibility';
  readonly fromMs: number;
  readonly forMs: number;
  readonly fault: 'lostRequest' | 'lostResponse';
}

/** A whole run: what is sent, what handlers do, who consumes, and what goes wrong for how long. */
export interface Schedule {
  readonly seed: number;
  readonly fifo: boolean;
  readonly messages: readonly PlannedMessage[];
  readonly visitors: readonly Visitor[];
  readonly concurrency: number;
  readonly faults: FaultRates;
  /** When nothing reaches AWS at all, or no answer comes back, or no visibility is extended. */
  readonly outages: readonly Outage[];
  /** Milliseconds after which nothing goes wrong any more, so that the run comes to an end. */
  readonly faultsForMs: number;
}

/** Handlers that are quick, slow, and slower than the visibility timeout of 30 seconds. */
const attempt = fc.record({
  outcome: fc.constantFrom('done', 'done', 'throw', 'retry', 'reject'),
  ms: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 50 }) },
    { weight: 2, arbitrary: fc.integer({ min: 50, max: 5_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 100_000 }) },
  ),
  obeys: fc.boolean(),
}) satisfies fc.Arbitrary<PlannedAttempt>;

const message = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 })),
  attempts: fc.array(attempt, { maxLength: 3 }),
});

const visitor = fc.record({
  fromMs: fc.integer({ min: 0, max: 60_000 }),
  forMs: fc.oneof(fc.integer({ min: 10, max: 5_000 }), fc.integer({ min: 30_000, max: 200_000 })),
  end: fc.constantFrom('close', 'kill'),
}) satisfies fc.Arbitrary<Visitor>;

const rate = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 0.3, noNaN: true }) },
);

const faults = fc.record({
  throttle: rate,
  lostRequest: rate,
  lostResponse: rate,
  slow: rate,
  partialBatch: rate,
  duplicate: rate,
  reorder: rate,
  staleDelete: rate,
});

/** Some outlast the visibility timeout. */
const outage = fc.record({
  fromMs: fc.integer({ min: 0, max: 60_000 }),
  forMs: fc.integer({ min: 100, max: 120_000 }),
  of: fc.constantFrom('everything', 'visibility'),
  fault: fc.constantFrom('lostRequest', 'lostResponse'),
}) satisfies fc.Arbitrary<Outage>;

/** Random schedules, of a FIFO or of a standard queue. */
export function schedules(fifo: boolean): fc.Arbitrary<Schedule> {
  return fc
    .record({
      seed: fc.nat(),
      messages: fc.array(message, { minLength: 1, maxLength: 25 }),
      visitors: fc.array(visitor, { maxLength: 3 }),
      concurrency: fc.integer({ min: 1, max: 8 }),
      faults,
      outages: fc.array(outage, { maxLength: 2 }),
      faultsForMs: fc.integer({ min: 0, max: 300_000 }),
    })
    .map((schedule) => ({
      ...schedule,
      fifo,
      messages: schedule.messages.map((one, at) => ({ ...one, key: `${one.group}-${at}` })),
    }));
}
