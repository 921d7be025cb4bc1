import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minorDigits } from './currency.js';
import { MoneyError, addMoney, formatMoney, money, parseMoney, sumMoney, timesMoney, writeMoney } from './money.js';

const amounts = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
const currencies = fc.constantFrom('GBP', 'JPY', 'KWD', 'CLF');

describe('money', () => {
  it('R26: takes whole minor units and nothing else', () => {
    expect(money(1_999, 'GBP')).toEqual({ amount: 1_999, currency: 'GBP' });
    for (const amount of [0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => money(amount, 'GBP')).toThrow(MoneyError);
  });

  it('takes ISO 4217 codes and nothing else', () => {
    for (const currency of ['gbp', 'POUND', '', '£', 'XXX', 'ANG', 'ABC'])
      expect(() => money(1, currency)).toThrow(MoneyError);
  });

  it('knows one zero', () => {
    expect(Object.is(money(-0, 'GBP').amount, 0)).toBe(true);
    expect(Object.is(timesMoney(money(0, 'GBP'), -3).amount, 0)).toBe(true);
  });
});

describe('adding', () => {
  it('refuses two currencies', () => {
    expect(() => addMoney(money(1, 'GBP'), money(1, 'EUR'))).toThrow('cannot add EUR to GBP');
    expect(() => sumMoney([money(1, 'GBP'), money(1, 'EUR')], 'GBP')).toThrow(MoneyError);
  });

  it('refuses a sum or a product that no longer is exact', () => {
    const most = money(Number.MAX_SAFE_INTEGER, 'GBP');

    expect(() => addMoney(most, money(1, 'GBP'))).toThrow(MoneyError);
    expect(() => timesMoney(most, 2)).toThrow(MoneyError);
    expect(() => timesMoney(money(1, 'GBP'), 0.5)).toThrow(MoneyError);
  });

  it('R26: conserves sums, in whatever order and groups they are added', () => {
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 50 }), fc.nat(50), (values, cut) => {
        const exact = values.reduce((total, value) => total + BigInt(value), 0n);
        const all = values.map((value) => money(value, 'GBP'));
        const groups = [all.slice(0, cut), all.slice(cut)].map((group) => sumMoney(group, 'GBP'));

        expect(BigInt(sumMoney(all, 'GBP').amount)).toBe(exact);
        expect(BigInt(sumMoney(all.toReversed(), 'GBP').amount)).toBe(exact);
        expect(BigInt(sumMoney(groups, 'GBP').amount)).toBe(exact);
      }),
    );
  });

  it('R26: makes a price times a quantity what that many single prices make', () => {
    fc.assert(
      fc.property(amounts, fc.nat(80), fc.nat(80), (amount, some, more) => {
        const price = money(amount, 'GBP');

        expect(timesMoney(price, some + more)).toEqual(addMoney(timesMoney(price, some), timesMoney(price, more)));
        expect(timesMoney(price, some)).toEqual(
          sumMoney(
            Array.from({ length: some }, () => price),
            'GBP',
          ),
        );
      }),
    );
  });
});

describe('parseMoney', () => {
  it.each([
    ['2.55', 'GBP', 255],
    ['2.5', 'GBP', 250],
    ['2', 'GBP', 200],
    [' 007.10 ', 'GBP', 710],
    ['0.004', 'GBP', 0],
    ['0.005', 'GBP', 1],
    ['1.005', 'GBP', 101],
    ['0.145', 'GBP', 15],
    ['0.1449999999999', 'GBP', 14],
    ['-1.005', 'GBP', -101],
    ['-0.004', 'GBP', 0],
    ['10.5', 'JPY', 11],
    ['10.4999', 'JPY', 10],
    ['1.0005', 'KWD', 1_001],
  ])('R26: reads %s %s half up, digit by digit, as %i', (text, currency, amount) => {
    expect(parseMoney(text, currency)).toEqual({ amount, currency });
  });

  it.each(['', '.', '1.', '.5', '1,5', '1e3', '+1', '--1', '£1', '1 000', 'NaN', '12345678901234', 'Infinity', '0x10'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseMoney(text, 'GBP')).toThrow(MoneyError);
    },
  );

  it('refuses a currency that is none', () => {
    expect(() => parseMoney('1.00', 'pounds')).toThrow(MoneyError);
  });

  it('reads back what formatMoney wrote', () => {
    fc.assert(
      fc.property(amounts, currencies, (amount, currency) => {
        const written = money(amount, currency);

        expect(parseMoney(formatMoney(written), currency)).toEqual(written);
      }),
    );
  });

  it('R26: is never further off than half a minor unit', () => {
    const fraction = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(1_000_000), fraction, currencies, (whole, digits, currency) => {
        // Everything in units of 10^-12, as bigints: the check has no float either.
        const given = BigInt(whole) * 10n ** 12n + BigInt(digits.join('').padEnd(12, '0'));
        const read = BigInt(parseMoney(`${whole}.${digits.join('')}`, currency).amount);
        const unit = 10n ** BigInt(12 - minorDigits(currency));
        const off = read * unit - given;

        expect(off * 2n > -unit && off * 2n <= unit).toBe(true);
      }),
    );
  });
});

describe('formatMoney', () => {
  it.each([
    [255, 'GBP', '2.55'],
    [5, 'GBP', '0.05'],
    [0, 'GBP', '0.00'],
    [-5, 'GBP', '-0.05'],
    [1_500, 'JPY', '1500'],
    [1, 'KWD', '0.001'],
  ])('writes %i %s as %s', (amount, currency, text) => {
    expect(formatMoney({ amount, currency })).toBe(text);
  });
});

describe('writeMoney', () => {
  it.each([
    [123_456, 'GBP', 'en-GB', '£1,234.56'],
    [-5, 'GBP', 'en-GB', '-£0.05'],
    [1_500, 'JPY', 'en-GB', 'JP¥1,500'],
    [1_500, 'KWD', 'en-GB', 'KWD 1.500'],
    [123_456, 'HUF', 'en-GB', 'HUF 1,234.56'],
    [123_456, 'EUR', 'de', '1.234,56 €'],
  ])('writes %i %s in %s as %s', (amount, currency, locale, text) => {
    expect(writeMoney({ amount, currency }, locale).replaceAll('\u00a0', ' ')).toBe(text);
  });

  it('R26: is exact to the last digit, where a float is not', () => {
    expect(writeMoney(money(Number.MAX_SAFE_INTEGER, 'GBP'))).toBe('£90,071,992,547,409.91');
  });
});
