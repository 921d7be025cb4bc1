import { isCurrency, minorDigits } from './currency.js';

/**
 * An amount of money: an integer number of the currency's minor unit (pence, cents, yen) and its ISO 4217 code.
 * No operation here passes through a fraction.
 */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Two amounts of different currencies met, or an amount was no safe integer. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

/** An amount in minor units. Throws a {@link MoneyError} unless it is a safe integer and the currency one in use (ISO 4217). */
export function money(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount)) throw new MoneyError(`${amount} is not a whole number of minor units`);
  if (!isCurrency(currency)) throw new MoneyError(`"${currency}" is not an ISO 4217 code`);
  // Zero has one sign: -0 + 0 is 0.
  return { amount: amount + 0, currency };
}

export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new MoneyError(`cannot add ${b.currency} to ${a.currency}`);
  return money(a.amount + b.amount, a.currency);
}

/** A price taken a whole number of times. */
export function timesMoney(price: Money, quantity: number): Money {
  if (!Number.isSafeInteger(quantity)) throw new MoneyError(`${quantity} is not a whole quantity`);
  return money(price.amount * quantity, price.currency);
}

export function sumMoney(amounts: readonly Money[], currency: string): Money {
  return amounts.reduce(addMoney, money(0, currency));
}

/**
 * Reads a decimal text such as `2.55` as minor units, rounding half up (away from zero for negatives).
 * Throws a {@link MoneyError} for anything but digits with at most one point and a leading minus.
 */
export function parseMoney(text: string, currency: string): Money {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,20}))?$/.exec(text.trim());
  if (!match) throw new MoneyError(`"${text}" is not a decimal amount`);
  if (!isCurrency(currency)) throw new MoneyError(`"${currency}" is not an ISO 4217 code`);
  const digits = minorDigits(currency);
  const fraction = (match[3] ?? '').padEnd(digits + 1, '0');
  const kept = BigInt(`${match[2]}${fraction.slice(0, digits)}`);
  const rounded = fraction.charCodeAt(digits) >= 0x35 ? kept + 1n : kept;
  return money(Number(match[1] ? -rounded : rounded), currency);
}

/** The amount as a decimal text, `{ amount: 255, currency: 'GBP' }` as `2.55`. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/**
 * The amount as people write it, `{ amount: 123456, currency: 'GBP' }` as `£1,234.56` in `en-GB` and as `1.234,56 £` in
 * `de`: with the digits of ISO 4217, and exact, since the decimal text is formatted and not a float.
 * Throws an `UnknownCurrencyError`, a `RangeError` for a locale that is none.
 */
export function writeMoney(amount: Money, locale = 'en-GB'): string {
  const { currency } = amount;
  const name = `${locale} ${currency}`;
  let format = formats.get(name);
  if (format === undefined) {
    const digits = minorDigits(currency);
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...fraction });
    formats.set(name, format);
  }
  return format.format(formatMoney(amount) as Intl.StringNumericLiteral);
}
