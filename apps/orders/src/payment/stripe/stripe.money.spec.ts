import { describe, expect, it } from '@jest/globals';
import { PaymentRefusedError } from '../../orders.errors.js';
import { moneyOf, stripeAmountOf } from './stripe.money.js';

describe('amounts at Stripe', () => {
  it.each([
    ['GBP', 1_250, 1_250],
    ['JPY', 1_250, 1_250],
    ['KWD', 1_250, 1_250],
    ['ISK', 1_250, 125_000],
    ['UGX', 7, 700],
    ['MGA', 1_200, 12],
  ])('R26: %s: %i of ours are %i there, and back', (currency, ours, theirs) => {
    const there = stripeAmountOf({ amount: ours, currency });

    expect(there).toEqual({ amount: theirs, currency: currency.toLowerCase() });
    expect(moneyOf(there.amount, there.currency)).toEqual({ amount: ours, currency });
  });

  it.each([
    ['KWD', 1_255],
    ['MGA', 1_250],
  ])('refuses an amount that cannot be written there: %s %i', (currency, amount) => {
    expect(() => stripeAmountOf({ amount, currency })).toThrow(PaymentRefusedError);
  });
});
