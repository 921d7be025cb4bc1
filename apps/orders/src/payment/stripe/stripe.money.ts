import { type Money, minorDigits, money } from '@lethe/kernel';
import { PaymentRefusedError } from '../../orders.errors.js';

/**
 * Currencies whose amounts Stripe writes with another number of digits than ISO 4217 has
 * (https://docs.stripe.com/currencies#special-cases): kronur and shillings with two, ariary with none.
 */
const STRIPE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['ISK', 2],
  ['UGX', 2],
  ['MGA', 0],
]);

const shiftOf = (currency: string): number =>
  (STRIPE_DIGITS.get(currency) ?? minorDigits(currency)) - minorDigits(currency);

/**
 * An amount as Stripe takes it. Throws a `PaymentRefusedError` for one that Stripe cannot express: where a currency has
 * three digits, Stripe wants the last to be 0.
 */
export function stripeAmountOf({ amount, currency }: Money): { amount: number; currency: string } {
  const shift = shiftOf(currency);
  const shifted = shift < 0 ? amount / 10 ** -shift : amount * 10 ** shift;
  if (!Number.isSafeInteger(shifted) || (minorDigits(currency) === 3 && shifted % 10 !== 0)) {
    throw new PaymentRefusedError('authorize', `${amount} ${currency}`, 0, 'amount_not_expressible');
  }
  return { amount: shifted, currency: currency.toLowerCase() };
}

/** An amount as Stripe gives it. */
export function moneyOf(amount: number, stripeCurrency: string): Money {
  const currency = stripeCurrency.toUpperCase();
  const shift = shiftOf(currency);
  return money(shift < 0 ? amount * 10 ** -shift : amount / 10 ** shift, currency);
}
