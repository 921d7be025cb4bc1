import { type Money, MoneyError, money, sumMoney, timesMoney } from '@lethe/kernel';
import { ImpossibleOrderError } from '../orders.errors.js';
import { allocate, shareOf } from './allocation.js';
import { WHOLE_BASIS_POINTS, taxRateOf } from './tax-rates.js';

/** So much of something at a net price. */
export interface NetLine {
  readonly unitPrice: Money;
  readonly quantity: number;
}

/** What is taken off and put on. */
export interface Terms {
  /** Whole per cent, 0 to 100, off the subtotal. */
  readonly percentOff: number;
  /** Basis points of tax on what is left. */
  readonly taxRate: number;
}

/** Without coupon and without tax. */
export const NO_TERMS: Terms = { percentOff: 0, taxRate: 0 };

/** The shares of a line in minor units. */
export interface LineShares {
  readonly discount: number;
  readonly tax: number;
}

/** How a total comes about: `total = subtotal - discount + tax`, and the shares of the lines add up to each. */
export interface OrderPrice {
  readonly subtotal: Money;
  readonly discount: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly shares: readonly LineShares[];
}

/** The tax of an order that goes to a country; none where none is named. Throws an {@link ImpossibleOrderError}. */
export function taxRateFor(country: string | undefined): number {
  if (country === undefined) return 0;
  const rate = taxRateOf(country);
  if (rate !== undefined) return rate;
  throw new ImpossibleOrderError('unknown-country', `the store does not deliver to ${country}`, [
    { pointer: '/country', detail: 'not delivered to' },
  ]);
}

/**
 * Prices an order. Rounding: the discount and the tax are each reckoned once, on the order, and rounded half up to the minor
 * unit; then they are shared out to the lines by the largest remainder, in proportion to what the lines cost. The
 * discount is taken off first, so that it is not taxed. Throws an {@link ImpossibleOrderError} for what is beyond
 * 2^53 - 1 minor units (R26: no float).
 */
export function priceOrder(lines: readonly NetLine[], terms: Terms = NO_TERMS): OrderPrice {
  try {
    return exactPrice(lines, terms);
  } catch (cause) {
    if (!(cause instanceof MoneyError)) throw cause;
    throw new ImpossibleOrderError(
      'total-too-large',
      'the order costs more than can be counted',
      [{ pointer: '/items', detail: 'the total is too large' }],
      cause,
    );
  }
}

function exactPrice(lines: readonly NetLine[], { percentOff, taxRate }: Terms): OrderPrice {
  const currency = lines[0]?.unitPrice.currency ?? '';
  const costs = lines.map(({ unitPrice, quantity }) => timesMoney(unitPrice, quantity));
  const subtotal = sumMoney(costs, currency);
  const discount = money(shareOf(subtotal.amount, percentOff, 100), currency);
  const discounts = allocate(
    discount.amount,
    costs.map(({ amount }) => amount),
  );
  const nets = costs.map(({ amount }, at) => amount - (discounts[at] ?? 0));
  const net = subtotal.amount - discount.amount;
  const tax = money(shareOf(net, taxRate, WHOLE_BASIS_POINTS), currency);
  const taxes = allocate(tax.amount, nets);
  return {
    subtotal,
    discount,
    tax,
    total: money(net + tax.amount, currency),
    shares: lines.map((_, at) => ({ discount: discounts[at] ?? 0, tax: taxes[at] ?? 0 })),
  };
}
