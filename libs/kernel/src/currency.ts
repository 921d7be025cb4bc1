/** A code that no currency has, or none any more. */
export class UnknownCurrencyError extends Error {
  override readonly name = 'UnknownCurrencyError';
  constructor(readonly code: string) {
    super(`"${code.slice(0, 20)}" is no ISO 4217 code of a currency in use`);
  }
}

/**
 * Currencies in use by how many digits follow the point in them. Source: ISO 4217:2015, list one, as its maintenance
 * agency SIX published it (https://www.six-group.com/en/products-services/financial-information/data-standards.html),
 * with amendments up to 1 January 2026 (XCG for ANG, ZWG for ZWL; BGN, which the euro replaces on that day, stays for the
 * orders there are). Left out: metals, testing codes and funds without a minor unit. Intl is no source: it has CLDR's digits,
 * which follow habits (none for HUF and IQD), and codes of the past.
 */
const BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD
    NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const MINOR_DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** Every code that {@link minorDigits} knows. */
export const currencies: readonly string[] = [...MINOR_DIGITS.keys()].toSorted();

/** Whether a currency in use has this code. */
export function isCurrency(code: string): boolean {
  return MINOR_DIGITS.has(code);
}

/**
 * How many digits follow the point in the currency (ISO 4217): 2 for GBP, 0 for JPY, 3 for KWD. Throws an
 * {@link UnknownCurrencyError}.
 */
export function minorDigits(currency: string): number {
  const digits = MINOR_DIGITS.get(currency);
  if (digits === undefined) throw new UnknownCurrencyError(currency);
  return digits;
}
