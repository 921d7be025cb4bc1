import { type Money, formatMoney, minorDigits } from '@lethe/kernel';

/**
 * Money as people read it: `£12.50`, `¥1,250`, `KWD 1.250`. Digits after the point are those of ISO 4217, and the amount
 * goes to Intl as text: it is never a fraction of a float (R26).
 */
export function moneyText(money: Money): string {
  const digits = minorDigits(money.currency);
  const format = new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // Exact for texts of any length (ECMA-402, Intl mathematical value); a text of digits is what formatMoney makes.
  return format.format(formatMoney(money) as `${number}`);
}
