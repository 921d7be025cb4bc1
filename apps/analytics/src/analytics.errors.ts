import { ProblemError } from '@lethe/kernel';

/** Kinesis did not take every event. Those it took are counted once, however often the client sends them again. */
export class ClicksUnavailableError extends ProblemError {
  override readonly name = 'ClicksUnavailableError';
  constructor(
    readonly failed: number,
    cause: unknown,
  ) {
    super(503, 'clicks-unavailable', {
      detail: `${failed} events were not taken; send them all again`,
      headers: { 'retry-after': '2' },
      cause,
    });
  }
}

/** A period that ends before it begins, or at once. */
export class EmptyPeriodError extends ProblemError {
  override readonly name = 'EmptyPeriodError';
  constructor() {
    super(400, 'empty-period', {
      detail: 'the period must end after it begins',
      errors: [{ pointer: '#query/to', detail: 'must be later than from' }],
    });
  }
}

/** The answer would have more buckets than one answer may have. */
export class TooManyBucketsError extends ProblemError {
  override readonly name = 'TooManyBucketsError';
  constructor(limit: number) {
    super(400, 'too-many-buckets', {
      detail: `the answer has at most ${limit} buckets that are not empty: ask for a shorter period or larger buckets`,
      errors: [{ pointer: '#query/bucket', detail: 'too small for the period' }],
      extensions: { limit },
    });
  }
}

/** A cursor that no page of this list gave. */
export class InvalidCursorError extends ProblemError {
  override readonly name = 'InvalidCursorError';
  constructor(cause: unknown) {
    super(400, 'invalid-cursor', {
      detail: 'the cursor is not one of this list',
      errors: [{ pointer: '#query/cursor', detail: 'is not one of this list' }],
      cause,
    });
  }
}
