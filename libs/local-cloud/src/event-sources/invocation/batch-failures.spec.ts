import { describe, expect, it } from '@jest/globals';
import { failedItems } from './batch-failures.js';

const BATCH = new Set(['a', 'b', 'c']);

describe('the answer of a function for a batch', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an object without the list', {}],
    ['null for the list', { batchItemFailures: null }],
    ['an empty list', { batchItemFailures: [] }],
  ])('R19: says with %s that all went well', (_what, answer) => {
    expect(failedItems(answer, BATCH)).toEqual(new Set());
  });

  it('R19: names those that failed', () => {
    const answer = { batchItemFailures: [{ itemIdentifier: 'c' }, { itemIdentifier: 'a' }] };

    expect(failedItems(answer, BATCH)).toEqual(new Set(['a', 'c']));
  });

  it.each([
    ['an empty id', [{ itemIdentifier: '' }]],
    ['null for an id', [{ itemIdentifier: null }]],
    ['another name for the id', [{ messageId: 'a' }]],
    ['an id that is not of the batch', [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }]],
    ['no list', 'a'],
  ])('R19: is failure of the whole batch with %s', (_what, batchItemFailures) => {
    expect(failedItems({ batchItemFailures }, BATCH)).toBeUndefined();
  });
});
