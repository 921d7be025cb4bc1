import { ProblemError } from '@lethe/kernel';

/** As many loads as may are running, and too many wait, or one has waited too long. An answer of 503 (R10). */
export class CacheOverloadedError extends ProblemError {
  override readonly name = 'CacheOverloadedError';
  constructor(readonly reason: 'too many wait' | 'waited too long') {
    super(503, 'overloaded', { headers: { 'retry-after': '1' } });
  }
}

/** An entry is not what was asked for: it is of another key, or its value cannot be read. It is forgotten. */
export class StrangeEntryError extends Error {
  override readonly name = 'StrangeEntryError';
  constructor(
    readonly key: string,
    reason: 'of another key' | 'unreadable',
    options?: ErrorOptions,
  ) {
    super(`the entry of ${key} is ${reason}`, options);
  }
}

/** The policy cannot be kept; a fault of the program. */
export class CachePolicyError extends Error {
  override readonly name = 'CachePolicyError';
}
