import { describe, expect, it } from '@jest/globals';
import { money } from '@lethe/kernel';
import fc from 'fast-check';
import { ImpossibleOrderError } from '../orders.errors.js';
import { paidOf } from './line-money.js';
import { type NetLine, type OrderPrice, priceOrder, taxRateFor } from './price-order.js';
import { TAX_RATES_AT, taxRateOf, taxedCountries } from './tax-rates.js';

/** With no minor unit, with hundredths, with thousandths. */
const CURRENCIES = ['JPY', 'GBP', 'KWD'];

const orders = fc.record({
  currency: fc.constantFrom(...CURRENCIES),
  lines: fc.array(fc.tuple(fc.nat(10_000_000), fc.integer({ min: 1, max: 80_995 })), { minLength: 1, maxLength: 30 }),
  percentOff: fc.integer({ min: 0, max: 100 }),
  taxRate: fc.oneof(fc.constantFrom(...taxedCountries.map((country) => taxRateFor(country))), fc.nat(10_000)),
});
const netLines = (lines: readonly (readonly [number, number])[], currency: string): NetLine[] =>
  lines.map(([amount, quantity]) => ({ unitPrice: money(amount, currency), quantity }));
const total = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const paidLines = (lines: readonly NetLine[], { shares }: OrderPrice): number[] =>
  lines.map(({ unitPrice, quantity }, at) =>
    paidOf({ unitPrice: unitPrice.amount, quantity, discount: 0, tax: 0, ...shares[at] }),
  );

describe('the price of an order', () => {
  it('takes the coupon off, then puts the tax on, each rounded half up once', () => {
    const lines = netLines(
      [
        [333, 1],
        [333, 1],
        [333, 1],
      ],
      'GBP',
    );

    expect(priceOrder(lines, { percentOff: 15, taxRate: 2_000 })).toEqual({
      subtotal: money(999, 'GBP'),
      discount: money(150, 'GBP'),
      tax: money(170, 'GBP'),
      total: money(1_019, 'GBP'),
      shares: [
        { discount: 50, tax: 57 },
        { discount: 50, tax: 57 },
        { discount: 50, tax: 56 },
      ],
    });
  });

  it.each([
    ['JPY', 1_001, 100],
    ['GBP', 1_001, 100],
    ['KWD', 1_001, 100],
  ])('rounds to the minor unit of %s, whatever that is', (currency, amount, tax) => {
    expect(priceOrder(netLines([[amount, 1]], currency), { percentOff: 0, taxRate: 1_000 }).tax).toEqual(
      money(tax, currency),
    );
  });

  it('R26: conserves sums to the minor unit: of the order, of its lines, and of what they have paid', () => {
    fc.assert(
      fc.property(orders, ({ currency, lines, percentOff, taxRate }) => {
        const net = netLines(lines, currency);
        const price = priceOrder(net, { percentOff, taxRate });
        const { subtotal, discount, tax, shares } = price;

        expect(BigInt(subtotal.amount)).toBe(lines.reduce((all, [amount, n]) => all + BigInt(amount) * BigInt(n), 0n));
        expect(price.total.amount).toBe(subtotal.amount - discount.amount + tax.amount);
        expect(total(shares.map((share) => share.discount))).toBe(discount.amount);
        expect(total(shares.map((share) => share.tax))).toBe(tax.amount);
        expect(total(paidLines(net, price))).toBe(price.total.amount);
      }),
    );
  });

  it('R26: has nothing negative, and no discount above the subtotal, of the order or of a line', () => {
    fc.assert(
      fc.property(orders, ({ currency, lines, percentOff, taxRate }) => {
        const net = netLines(lines, currency);
        const price = priceOrder(net, { percentOff, taxRate });

        expect(price.discount.amount).toBeLessThanOrEqual(price.subtotal.amount);
        for (const { amount } of [price.subtotal, price.discount, price.tax, price.total])
          expect(amount).toBeGreaterThanOrEqual(0);
        for (const [at, { unitPrice, quantity }] of net.entries()) {
          const share = price.shares[at];
          expect(share?.tax).toBeGreaterThanOrEqual(0);
          expect(share?.discount).toBeGreaterThanOrEqual(0);
          expect(share?.discount).toBeLessThanOrEqual(unitPrice.amount * quantity);
        }
        expect(paidLines(net, price).every((paid) => paid >= 0)).toBe(true);
      }),
    );
  });

  it('R26: is off by at most half a minor unit, twice rounded', () => {
    fc.assert(
      fc.property(orders, ({ currency, lines, percentOff, taxRate }) => {
        const { subtotal, discount, tax } = priceOrder(netLines(lines, currency), { percentOff, taxRate });
        const off = (amount: number, base: number, rate: number, whole: number): bigint =>
          2n * (BigInt(amount) * BigInt(whole) - BigInt(base) * BigInt(rate));

        for (const [doubled, whole] of [
          [off(discount.amount, subtotal.amount, percentOff, 100), 100n],
          [off(tax.amount, subtotal.amount - discount.amount, taxRate, 10_000), 10_000n],
        ] as const)
          expect(doubled > -whole && doubled <= whole).toBe(true);
      }),
    );
  });

  it('does not depend on how an order is split into lines, but for the shares', () => {
    fc.assert(
      fc.property(orders, ({ currency, lines, percentOff, taxRate }) => {
        const terms = { percentOff, taxRate };
        const { shares: _, ...whole } = priceOrder(netLines(lines, currency), terms);
        const units = lines.flatMap(([amount, n]): [number, number][] =>
          n > 1
            ? [
                [amount, n - 1],
                [amount, 1],
              ]
            : [[amount, n]],
        );
        const { shares: __, ...split } = priceOrder(netLines(units.toReversed(), currency), terms);

        expect(split).toEqual(whole);
      }),
    );
  });

  it('without coupon and country is what the lines cost', () => {
    const price = priceOrder(
      netLines(
        [
          [255, 2],
          [10_000, 1],
        ],
        'GBP',
      ),
    );

    expect(price).toMatchObject({
      subtotal: { amount: 10_510 },
      discount: { amount: 0 },
      tax: { amount: 0 },
      total: { amount: 10_510 },
    });
  });

  it('R26: refuses what is no safe integer, with the tax or without', () => {
    const most = Number.MAX_SAFE_INTEGER;

    expect(() => priceOrder(netLines([[most, 2]], 'GBP'))).toThrow(ImpossibleOrderError);
    expect(() => priceOrder(netLines([[most, 1]], 'GBP'), { percentOff: 0, taxRate: 1 })).toThrow(ImpossibleOrderError);
  });
});

describe('the tax of a country', () => {
  it('is that of a table which says of when it is', () => {
    expect(TAX_RATES_AT).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(['GB', 'FI', 'CH', 'JP', 'KW'].map(taxRateOf)).toEqual([2_000, 2_550, 810, 1_000, 0]);
    expect(taxedCountries.every((country) => /^[A-Z]{2}$/.test(country))).toBe(true);
  });

  it('is none where no country is named', () => {
    expect(taxRateFor(undefined)).toBe(0);
  });

  it.each(['XX', 'EL', 'gb', 'constructor'])('refuses %s, and points at it', (country) => {
    expect(() => taxRateFor(country)).toThrow(
      expect.objectContaining({
        status: 422,
        slug: 'unknown-country',
        errors: [expect.objectContaining({ pointer: '/country' })],
      }),
    );
  });
});
