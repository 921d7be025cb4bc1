import { describe, expect, it } from '@jest/globals';
import { UnknownCurrencyError, currencies, isCurrency, minorDigits } from './currency.js';

describe('minorDigits', () => {
  it.each([
    ['GBP', 2],
    ['HUF', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
  ])('follows ISO 4217 and not the habits of a locale: %s has %i', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
  });

  it.each(['XXX', 'XAU', 'XTS', 'ANG', 'DEM', 'gbp', 'GBP ', '', '£', 'constructor'])('refuses "%s"', (code) => {
    expect(() => minorDigits(code)).toThrow(UnknownCurrencyError);
    expect(isCurrency(code)).toBe(false);
  });
});

describe('the currencies', () => {
  it('are each there once, and well-formed', () => {
    expect(new Set(currencies).size).toBe(currencies.length);
    expect(currencies.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });

  it('are those that Intl knows, but for what has ended and what no shop takes', () => {
    const unknown = Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code));
    const ended = new Set(['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'ZWL']);
    const noShopTakes = new Set(['XDR', 'XSU', 'XUA']);

    expect(unknown.filter((code) => !ended.has(code) && !noShopTakes.has(code))).toEqual([]);
  });

  it('have as many digits as Intl has where CLDR says nothing of its own', () => {
    const differs = (code: string): boolean => {
      const { maximumFractionDigits } = new Intl.NumberFormat('en', {
        style: 'currency',
        currency: code,
      }).resolvedOptions();
      return maximumFractionDigits !== minorDigits(code);
    };

    // https://github.com/unicode-org/cldr/blob/main/common/supplemental/supplementalData.xml, currencyData/fractions
    const habits = new Set(
      'AFN ALL HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP TWD TZS YER COP CRC GYD LYD MNT MUR UZS'.split(' '),
    );
    expect(currencies.filter(differs).filter((code) => !habits.has(code))).toEqual([]);
  });
});
