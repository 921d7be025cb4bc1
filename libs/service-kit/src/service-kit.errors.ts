import { ProblemError } from '@lethe/kernel';

/** The environment does not hold what a service needs; `faults` has one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`the configuration has ${faults.length} faults:\n${faults.join('\n')}`);
  }
}

/** The application would answer requests without a guard. */
export class UnguardedError extends Error {
  override readonly name = 'UnguardedError';

  constructor(service: string) {
    super(`${service} has no IdentityModule: its routes would be open to anyone. Import it, or pass unguarded: true.`);
  }
}

/** This replica has as many requests in flight as it may (R10): 503, try another. */
export class OverloadedError extends ProblemError {
  override readonly name = 'OverloadedError';

  constructor() {
    super(503, 'overloaded', { detail: 'too many requests at once', headers: { 'retry-after': '1' } });
  }
}

/** A dependency did not answer its readiness check in time. */
export class CheckTimeoutError extends Error {
  override readonly name = 'CheckTimeoutError';

  constructor(check: string, milliseconds: number) {
    super(`the check "${check}" took more than ${milliseconds} ms`);
  }
}

const NO_STREAM = {
  caller: [429, 'too-many-streams', 'you have too many streams open'],
  replica: [503, 'overloaded', 'too many streams are open'],
  closing: [503, 'closing', 'this replica is closing'],
} as const;

/** There is no room for another stream of events: of this caller, of this replica, or at all where the replica closes. */
export class TooManyStreamsError extends ProblemError {
  override readonly name = 'TooManyStreamsError';
  constructor(readonly limit: keyof typeof NO_STREAM) {
    const [status, slug, detail] = NO_STREAM[limit];
    super(status, slug, { detail, headers: { 'retry-after': '1' } });
  }
}

/** The receiver of spans did not take them. */
export class SpansRefusedError extends Error {
  override readonly name = 'SpansRefusedError';
  constructor(
    readonly status: number,
    answer: string,
  ) {
    super(`${status}: ${answer.slice(0, 300)}`);
  }
}

/** The agent of ECS did not change the protection of the task. */
export class TaskProtectionError extends Error {
  override readonly name = 'TaskProtectionError';
}
