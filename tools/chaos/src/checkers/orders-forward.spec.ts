import { describe, expect, it } from '@jest/globals';
import type { Operation } from '../history.js';
import { ordersGoForward } from './orders-forward.js';

function read(start: number, end: number, value: number, more: Partial<Operation> = {}): Operation {
  return { client: 'ada', kind: 'read-order', subject: 'o-1', start, end, outcome: 'ok', value, ...more };
}

describe('ordersGoForward', () => {
  it('finds a read that shows less than an earlier one had shown', () => {
    expect(ordersGoForward([read(0, 1, 3), read(2, 3, 2)])).toEqual([
      'order o-1: ada saw 2 states at 2 ms, ada had seen 3 by 1 ms',
    ]);
  });

  it('compares with the furthest of all that had ended, whoever read it', () => {
    const faults = ordersGoForward([read(0, 1, 4, { client: 'bob' }), read(2, 3, 4), read(1.5, 9, 3), read(10, 11, 4)]);
    expect(faults).toEqual(['order o-1: ada saw 3 states at 2 ms, bob had seen 4 by 1 ms']);
  });

  it('lets operations at the same time be seen in either order', () => {
    expect(ordersGoForward([read(0, 5, 3), read(4, 6, 2)])).toEqual([]);
  });

  it('takes no cart for an order', () => {
    const inCart = { kind: 'read-cart', subject: 'p-1' } as const;
    expect(ordersGoForward([read(0, 1, 3, inCart), read(2, 3, 2, inCart)])).toEqual([]);
  });

  it('asks nothing of operations without an answer, or of other orders', () => {
    const unknown: Operation = { client: 'ada', kind: 'cancel', subject: 'o-1', start: 2, end: 3, outcome: 'unknown' };
    expect(ordersGoForward([read(0, 1, 3), unknown, read(2, 3, 1, { subject: 'o-2' })])).toEqual([]);
  });
});
