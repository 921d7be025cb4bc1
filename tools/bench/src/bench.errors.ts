/** A process of the benchmark ended without a result. */
export class BenchProcessError extends Error {
  override readonly name = 'BenchProcessError';

  constructor(what: string, reason: string) {
    super(`${what}: ${reason}`);
  }
}

/** A contender did not do the work: its figures would be worth nothing. */
export class UnfairRunError extends Error {
  override readonly name = 'UnfairRunError';
}

/** The command line is not understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
