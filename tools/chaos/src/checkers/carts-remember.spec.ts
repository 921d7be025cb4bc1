import { describe, expect, it } from '@jest/globals';
import type { Operation } from '../history.js';
import { cartsRemember } from './carts-remember.js';

let clock = 0;

function cart(kind: 'write-cart' | 'read-cart', value: number, outcome: Operation['outcome'] = 'ok'): Operation {
  clock += 2;
  return { client: 'ada', kind, subject: 'p-1', start: clock, end: clock + 1, outcome, value };
}

describe('cartsRemember', () => {
  it('finds a write that was acknowledged and then forgotten', () => {
    expect(cartsRemember([cart('write-cart', 2), cart('read-cart', 2), cart('read-cart', 0)])).toEqual([
      expect.stringMatching(/^cart of ada, product p-1: 0 read at \d+ ms, 2 was put there$/),
    ]);
  });

  it('lets a write without an answer be there or not, and come late', () => {
    const history = [cart('write-cart', 1), cart('write-cart', 5, 'unknown'), cart('read-cart', 1)];
    expect(cartsRemember([...history, cart('write-cart', 2), cart('read-cart', 5)])).toEqual([]);
  });

  it('takes no refused write for one that was carried out', () => {
    expect(cartsRemember([cart('write-cart', 7, 'refused'), cart('read-cart', 7)])).toHaveLength(1);
  });
});
