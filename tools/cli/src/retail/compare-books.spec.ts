import { describe, expect, it } from '@jest/globals';
import { type Book, booksAgree } from './compare-books.js';

const books: readonly Book[] = [
  { book: 'file', orders: 2, units: 12, returned: 3 },
  { book: 'orders', orders: 2, units: 12, revenue: 4_000, returned: 3, refunded: 900 },
  { book: 'analytics', orders: 2, units: 12, revenue: 4_000, refunded: 900 },
  { book: 'stock', units: 9, differences: 0 },
  { book: 'provider', orders: 3, differences: 0 },
];

const changed = (at: number, change: Partial<Book>): readonly Book[] => books.with(at, { ...books[at]!, ...change });

describe('booksAgree', () => {
  it('is content where every book tells the same of what it tells', () => {
    expect(booksAgree(books)).toBe(true);
  });

  it.each<[string, readonly Book[]]>([
    ['a penny of revenue', changed(2, { revenue: 4_001 })],
    ['a penny of refunds', changed(1, { refunded: 901 })],
    ['an order of the file that was not sold', changed(0, { orders: 3 })],
    ['a unit', changed(2, { units: 11 })],
    ['a unit that came back', changed(1, { returned: 2 })],
    ['a product whose stock is another', changed(3, { differences: 1 })],
    ['a payment that the provider does not have', changed(4, { differences: 1 })],
  ])('notices %s', (_, wrong) => {
    expect(booksAgree(wrong)).toBe(false);
  });
});
