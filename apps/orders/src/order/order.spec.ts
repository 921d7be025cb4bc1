import { describe, expect, it } from '@jest/globals';
import { MAX_QUANTITY, type OrderStatus, type Quote, orderStatusSchema } from '@lethe/contracts';
import { defineSaga } from '@lethe/outbox';
import fc from 'fast-check';
import { IllegalTransitionError } from '../orders.errors.js';
import {
  ORDER_LIFE,
  type OrderLine,
  TRANSITIONS,
  assertCanBecome,
  assertFitsMessage,
  canBecome,
  mergeItems,
  priceItems,
} from './order.js';

const STATES = orderStatusSchema.options;
const LEGAL = new Set([
  'pending>reserved',
  'pending>rejected',
  'pending>cancelled',
  'reserved>paid',
  'reserved>rejected',
  'reserved>cancelled',
  'paid>confirmed',
  'confirmed>fulfilling',
  'confirmed>delivered',
  'confirmed>returned',
  'confirmed>refunded',
  'fulfilling>shipped',
  'fulfilling>returned',
  'fulfilling>refunded',
  'shipped>delivered',
  'shipped>returned',
  'shipped>refunded',
  'delivered>returned',
  'delivered>partly-refunded',
  'delivered>refunded',
  'returned>returned',
  'returned>partly-refunded',
  'returned>refunded',
  'partly-refunded>returned',
  'partly-refunded>partly-refunded',
  'partly-refunded>refunded',
]);
/** An order comes there again: with each further return, with each further refund. */
const AGAIN: readonly OrderStatus[] = ['returned', 'partly-refunded'];
const PAIRS = STATES.flatMap((from) => STATES.map((to): [OrderStatus, OrderStatus] => [from, to]));
const isLegal = ([from, to]: [OrderStatus, OrderStatus]) => LEGAL.has(`${from}>${to}`);

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const product = (n: number, amount: number, currency = 'GBP'): Quote['items'][number] => ({
  id: id(n),
  sku: `SKU-${n}`,
  name: `Product ${n}`,
  price: { amount, currency },
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the transition table', () => {
  it.each(PAIRS.filter(isLegal))('allows %s to become %s', (from, to) => {
    expect(canBecome(from, to)).toBe(true);
    expect(thrownBy(() => assertCanBecome(from, to))).toBeUndefined();
  });

  it.each(PAIRS.filter((pair) => !isLegal(pair)))('refuses that %s becomes %s, and names what it can', (from, to) => {
    const error = thrownBy(() => assertCanBecome(from, to));

    expect(error).toBeInstanceOf(IllegalTransitionError);
    expect(error).toMatchObject({ status: 409, extensions: { from, to, legal: TRANSITIONS[from] } });
  });

  it('leads from the first state to every other, from every state to an end, and back only to what happens again', () => {
    const { leads } = defineSaga({ name: 'order', initial: 'pending', transitions: ORDER_LIFE });
    const reaches = (from: OrderStatus): OrderStatus[] => STATES.filter((to) => leads(from, to));

    expect(STATES.filter((state) => leads(state, state))).toEqual(AGAIN);
    for (const state of STATES.filter((each) => TRANSITIONS[each].length > 0)) {
      expect(reaches(state).some((to) => TRANSITIONS[to].length === 0)).toBe(true);
    }
    expect(new Set(reaches('pending'))).toEqual(new Set(STATES.filter((state) => state !== 'pending')));
  });
});

describe('mergeItems', () => {
  it('adds up the lines of one product in the order of first mention', () => {
    const items = [
      { productId: id(2), quantity: 1 },
      { productId: id(1), quantity: 5 },
      { productId: id(2), quantity: 3 },
    ];

    expect(mergeItems(items)).toEqual([
      { productId: id(2), quantity: 4 },
      { productId: id(1), quantity: 5 },
    ]);
  });

  it('takes an id in capitals for the same product', () => {
    const lower = 'abcdefab-0000-7000-8000-000000000000';
    const items = [lower, lower.toUpperCase()].map((productId) => ({ productId, quantity: 1 }));

    expect(mergeItems(items)).toEqual([{ productId: lower, quantity: 2 }]);
  });

  it('keeps every unit, whatever the order of the items', () => {
    const items = fc.array(fc.record({ productId: fc.integer({ min: 0, max: 9 }).map(id), quantity: fc.nat(1_000) }));

    fc.assert(
      fc.property(items, (list) => {
        const merged = mergeItems(list);
        const units = (of: readonly { quantity: number }[]) => of.reduce((sum, { quantity }) => sum + quantity, 0);
        expect(units(merged)).toBe(units(list));
        expect(new Set(merged.map(({ productId }) => productId)).size).toBe(merged.length);
        expect(new Map(mergeItems(list.toReversed()).map((line) => [line.productId, line.quantity]))).toEqual(
          new Map(merged.map((line) => [line.productId, line.quantity])),
        );
      }),
    );
  });

  it('points at the item that makes one line too large', () => {
    const items = [MAX_QUANTITY, 1].map((quantity) => ({ productId: id(1), quantity }));

    expect(thrownBy(() => mergeItems(items))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/items/1/quantity' }],
    });
  });
});

describe('priceItems', () => {
  it('takes sku, name and price from the catalogue', () => {
    const quote = { items: [product(1, 255)], missing: [] };

    expect(priceItems([{ productId: id(1), quantity: 2 }], quote)).toEqual([
      {
        productId: id(1),
        quantity: 2,
        sku: 'SKU-1',
        name: 'Product 1',
        unitPrice: { amount: 255, currency: 'GBP' },
      },
    ]);
  });

  it('points at every item whose product is unknown', () => {
    const items = [3, 1, 3].map((n) => ({ productId: id(n), quantity: 1 }));

    expect(thrownBy(() => priceItems(items, { items: [product(1, 1)], missing: [id(3)] }))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/items/0/productId' }, { pointer: '/items/2/productId' }],
    });
  });

  it('refuses prices in several currencies', () => {
    const items = [1, 2].map((n) => ({ productId: id(n), quantity: 1 }));
    const quote = { items: [product(1, 1), product(2, 1, 'EUR')], missing: [] };

    expect(thrownBy(() => priceItems(items, quote))).toMatchObject({ status: 422, slug: 'mixed-currencies' });
  });
});

describe('assertFitsMessage', () => {
  const line = (amount: number, quantity: number): OrderLine => ({
    productId: id(1),
    sku: 's',
    name: 'n',
    quantity,
    unitPrice: { amount, currency: 'GBP' },
  });

  it('takes 1,200 usual lines, and no order whose events would not fit a message', () => {
    const many = (count: number) =>
      Array.from({ length: count }, () => ({ ...line(255, 6), productId: id(1), name: 'x'.repeat(40) }));

    expect(thrownBy(() => assertFitsMessage(many(1_200)))).toBeUndefined();
    expect(thrownBy(() => assertFitsMessage(many(2_000)))).toMatchObject({ status: 422, slug: 'order-too-large' });
  });
});
