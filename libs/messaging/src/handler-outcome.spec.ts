import { describe, expect, it } from '@jest/globals';
import { Reject, RetryLater, outcomeOf } from './handler-outcome.js';

describe('outcomeOf', () => {
  it('takes any value for handled, and any error for a retry', () => {
    const error = new Error('x');

    expect(outcomeOf(undefined, false)).toEqual({ kind: 'done' });
    expect(outcomeOf(error, false)).toEqual({ kind: 'done' });
    expect(outcomeOf(error, true)).toEqual({ kind: 'retry', error });
  });

  it.each([true, false])('takes RetryLater and Reject for what they are (thrown: %s)', (thrown) => {
    const later = new RetryLater(5, 'busy');
    const never = new Reject('broken');

    expect(outcomeOf(later, thrown)).toEqual({ kind: 'retry', error: later, afterSeconds: 5 });
    expect(outcomeOf(never, thrown)).toEqual({ kind: 'reject', reason: 'rejected', detail: 'broken', error: never });
  });
});

describe('RetryLater', () => {
  it('takes what SQS takes: 0 to 43,200 seconds', () => {
    expect(new RetryLater(0).seconds).toBe(0);
    expect(new RetryLater(43_200).seconds).toBe(43_200);
    expect(() => new RetryLater(-1)).toThrow(RangeError);
    expect(() => new RetryLater(43_201)).toThrow(RangeError);
    expect(() => new RetryLater(Number.NaN)).toThrow(RangeError);
  });
});
