import { describe, expect, it } from '@jest/globals';
import { PaymentError } from '../payment-simulator.errors.js';
import { type PageRequest, pageOf } from './pages.js';

/** Newest first: e has 5, a has 1. */
const all = ['e', 'd', 'c', 'b', 'a'].map((id, at) => ({ id, created: 5 - at }));
const ids = (request: Partial<PageRequest>) => {
  const { items, more } = pageOf(all, { limit: 2, ...request });
  return `${items.map(({ id }) => id).join('')}${more ? '…' : ''}`;
};

describe('pageOf', () => {
  it('goes from the newest to the oldest, page by page', () => {
    expect([ids({}), ids({ starting_after: 'd' }), ids({ starting_after: 'b' })]).toEqual(['ed…', 'cb…', 'a']);
  });

  it('says that there is no more where a page ends with the list', () => {
    expect(ids({ limit: 5 })).toBe('edcba');
  });

  it('goes back', () => {
    expect([ids({ ending_before: 'a' }), ids({ ending_before: 'd' })]).toEqual(['cb…', 'e']);
  });

  it('keeps to the times given, whatever the cursor', () => {
    expect(ids({ created: { gte: 2, lt: 5 }, limit: 10 })).toBe('dcb');
    expect(ids({ created: { gt: 2, lte: 4 }, starting_after: 'e', limit: 10 })).toBe('dc');
  });

  it('refuses a cursor that is not there', () => {
    expect(() => ids({ starting_after: 'x' })).toThrow(PaymentError);
  });
});
