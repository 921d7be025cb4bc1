import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CartFullError } from '../orders.errors.js';
import { type CartItems, MAX_CART_ITEMS, withItem, withoutItem } from './cart.js';

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const cart = (...numbers: number[]): CartItems => numbers.map((n) => ({ productId: id(n), quantity: 1 }));

describe('a cart', () => {
  it('keeps the order in which products came in when a quantity changes', () => {
    expect(withItem(cart(2, 1, 3), id(1), 9)).toEqual([
      { productId: id(2), quantity: 1 },
      { productId: id(1), quantity: 9 },
      { productId: id(3), quantity: 1 },
    ]);
  });

  it('is left as it is by a change that changes nothing', () => {
    const items = cart(1, 2);

    expect(withItem(items, id(2), 1)).toBe(items);
    expect(withoutItem(items, id(3))).toBe(items);
  });

  it('takes no more than its limit of products, but still changes those it has', () => {
    const full = cart(...Array.from({ length: MAX_CART_ITEMS }, (_, n) => n));

    expect(() => withItem(full, id(999), 1)).toThrow(CartFullError);
    expect(withItem(full, id(0), 2)).toHaveLength(MAX_CART_ITEMS);
  });

  it('never holds a product twice, and says last what was said last', () => {
    const change = fc.tuple(fc.nat(5), fc.integer({ min: 0, max: 3 }));

    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const apply = (items: CartItems, [n, quantity]: [number, number]) =>
          quantity === 0 ? withoutItem(items, id(n)) : withItem(items, id(n), quantity);
        const items = changes.reduce(apply, []);
        const expected = new Map(changes.map(([n, quantity]) => [id(n), quantity]));
        for (const [productId, quantity] of expected) if (quantity === 0) expected.delete(productId);
        expect(items).toHaveLength(expected.size);
        expect(new Map(items.map(({ productId, quantity }) => [productId, quantity]))).toEqual(expected);
      }),
    );
  });
});
