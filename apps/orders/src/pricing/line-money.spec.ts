import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LineMoney, RefundQuantityError, paidOf, refundOf } from './line-money.js';

const lines = fc
  .record({ unitPrice: fc.nat(1_000_000), quantity: fc.integer({ min: 1, max: 500 }), tax: fc.nat(1_000_000) })
  .chain(({ unitPrice, quantity, tax }) =>
    fc.record({
      unitPrice: fc.constant(unitPrice),
      quantity: fc.constant(quantity),
      tax: fc.constant(tax),
      discount: fc.nat(unitPrice * quantity),
    }),
  );

/** What each of the returns gives back, one after the other. */
function refundsOf(line: LineMoney, quantities: readonly number[]): number[] {
  let before = 0;
  return quantities.map((quantity) => {
    const refund = refundOf(line, before, quantity);
    before += quantity;
    return refund;
  });
}

/** The units of a line cut into returns at random. */
function cut(quantity: number, cuts: readonly number[]): number[] {
  const at = [...new Set([0, quantity, ...cuts.map((one) => one % (quantity + 1))])].toSorted((a, b) => a - b);
  return at.slice(1).map((end, index) => end - (at[index] ?? 0));
}

describe('paidOf', () => {
  it('is the price less the discount, with the tax', () => {
    expect(paidOf({ unitPrice: 333, quantity: 3, discount: 150, tax: 170 })).toBe(1_019);
  });
});

describe('refundOf', () => {
  it('gives back three units of a line of 100 as 33, 33 and 34', () => {
    expect(refundsOf({ unitPrice: 40, quantity: 3, discount: 20, tax: 0 }, [1, 1, 1])).toEqual([33, 33, 34]);
  });

  it('R26: gives back what was paid, in whatever split and order all units come back', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.nat()), fc.boolean(), (line, cuts, reversed) => {
        const parts = cut(line.quantity, cuts);
        const refunds = refundsOf(line, reversed ? parts.toReversed() : parts);

        expect(refunds.reduce((all, refund) => all + refund, 0)).toBe(paidOf(line));
        expect(refunds.every((refund) => refund >= 0)).toBe(true);
      }),
    );
  });

  it('R26: is less than a minor unit off what the units have cost', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(), (line, some, more) => {
        const before = some % (line.quantity + 1);
        const quantity = more % (line.quantity - before + 1);
        const off =
          BigInt(refundOf(line, before, quantity)) * BigInt(line.quantity) - BigInt(paidOf(line)) * BigInt(quantity);

        expect(off > -BigInt(line.quantity) && off < BigInt(line.quantity)).toBe(true);
      }),
    );
  });

  it.each([
    [0, 4],
    [3, 1],
    [-1, 1],
    [0, -1],
    [0, 0.5],
    [Number.NaN, 1],
  ])('refuses, after %d units, %d of three', (before, quantity) => {
    expect(() => refundOf({ unitPrice: 1, quantity: 3, discount: 0, tax: 0 }, before, quantity)).toThrow(
      RefundQuantityError,
    );
  });
});
