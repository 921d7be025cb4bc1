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
