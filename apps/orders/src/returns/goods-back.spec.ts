import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExceedsOrderError, NotBoughtError, NotDeliveredError } from '../orders.errors.js';
import { paidOf } from '../pricing/line-money.js';
import { type BoughtLine, amountOf, assertWhole, everythingOf, goodsBack } from './goods-back.js';

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

const moneyOfLine = fc
  .record({ quantity: fc.integer({ min: 1, max: 50 }), unitPrice: fc.nat(10_000), tax: fc.nat(5_000) })
  .chain((line) =>
    fc.nat(line.quantity * line.unitPrice).map((discount): Omit<BoughtLine, 'position' | 'productId' | 'returned'> => ({
      ...line,
      discount,
    })),
  );
const orders = fc
  .array(moneyOfLine, { minLength: 1, maxLength: 6 })
  .map((lines) => lines.map((line, at): BoughtLine => ({ ...line, position: at + 1, productId: id(at), returned: 0 })));
const totalOf = (lines: readonly BoughtLine[]) => lines.reduce((sum, line) => sum + paidOf(line), 0);

/** Takes something of some lines, as long as there is something. */
const wishes = fc.array(fc.record({ line: fc.nat(5), part: fc.integer({ min: 1, max: 50 }) }), { maxLength: 12 });

describe('goods that come back', () => {
  it('R26: give back, in however many returns, what the order cost, to the minor unit, and never more', () => {
    fc.assert(
      fc.property(orders, wishes, (lines, parts) => {
        const order = lines.map((line) => ({ ...line }));
        let given = 0;
        const take = (items: { productId: string; quantity: number }[]): void => {
          const back = goodsBack(order, items, totalOf(lines) - given);
          given += amountOf(back);
          expect(back.every(({ amount }) => amount >= 0)).toBe(true);
          for (const { position, quantity } of back) {
            const line = order.find((each) => each.position === position);
            if (line) line.returned += quantity;
          }
          expect(given).toBeLessThanOrEqual(totalOf(lines));
        };
        for (const { line: at, part } of parts) {
          const line = order[at];
          const left = line ? line.quantity - line.returned : 0;
          if (line && left > 0) take([{ productId: line.productId, quantity: Math.min(part, left) }]);
        }
        if (everythingOf(order).length > 0) take(everythingOf(order));

        expect(given).toBe(totalOf(lines));
        expect(order.every(({ quantity, returned }) => quantity === returned)).toBe(true);
      }),
    );
  });

  it('R26: give back what is left where money went back before, shared out over the lines without a loss', () => {
    fc.assert(
      fc.property(orders, fc.nat(), (lines, share) => {
        const total = totalOf(lines);
        const left = total === 0 ? 0 : share % (total + 1);

        const back = goodsBack(lines, everythingOf(lines), left);

        expect(amountOf(back)).toBe(left);
        const paid = lines.map(paidOf);
        expect(back.every(({ amount, position }) => amount <= (paid[position - 1] ?? 0))).toBe(true);
      }),
    );
  });

  const [pair, one] = [2, 1].map((quantity, at): BoughtLine => ({
    position: at + 1,
    productId: id(at),
    quantity,
    unitPrice: 100,
    discount: 0,
    tax: 0,
    returned: 0,
  })) as [BoughtLine, BoughtLine];

  it('are never more than was bought and did not come back', () => {
    const half = { ...pair, returned: 1 };
    const take = (quantity: number) => () => goodsBack([half, one], [{ productId: id(0), quantity }], 300);

    expect(take(1)()).toEqual([{ position: 1, productId: id(0), quantity: 1, amount: 100 }]);
    expect(take(2)).toThrow(ExceedsOrderError);
    expect(() => goodsBack([half], [{ productId: id(7), quantity: 1 }], 300)).toThrow(NotBoughtError);
    expect(() => goodsBack([{ ...one, returned: 1 }], [], 300)).toThrow(ExceedsOrderError);
  });

  it('are all of them where the order is not delivered', () => {
    const all = goodsBack([pair, one], everythingOf([pair, one]), 300);

    expect(() => assertWhole([pair, one], all)).not.toThrow();
    expect(() => assertWhole([pair, one], all.slice(1))).toThrow(NotDeliveredError);
    expect(() => assertWhole([pair], [{ position: 1, productId: id(0), quantity: 1, amount: 100 }])).toThrow(
      NotDeliveredError,
    );
  });
});
