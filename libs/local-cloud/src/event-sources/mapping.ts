import type { FunctionSource } from '@lethe/topology';

/** A function, and what makes it run. */
export interface EventSourceMapping<S extends FunctionSource = FunctionSource> {
  /** Its name in the Invoke API. */
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly source: S;
}

/** How fast the mappings look and retry, in ms; tests want them quick. */
export interface Pace {
  /** Between two looks at what cannot be waited for: shards without records, buckets, queues that do not exist yet. */
  readonly pollMs: number;
  /** Of one wait for messages of a queue. At most 20,000. */
  readonly longPollMs: number;
  /** Bounds of the pauses before a retry of a stream's batch, and of an invocation that never reached the function. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** Pauses before the first and second retry of an asynchronous invocation. */
  readonly asyncRetryMs: readonly [number, number];
}

/** That of AWS, where it is known ("Retry behaviour of asynchronous invocation"; shards are polled once a second). */
export const AWS_PACE: Pace = {
  pollMs: 1_000,
  longPollMs: 20_000,
  retryBaseMs: 100,
  retryCapMs: 10_000,
  asyncRetryMs: [60_000, 120_000],
};
