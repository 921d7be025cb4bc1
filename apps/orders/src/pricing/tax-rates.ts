/** The day on which the rates below were in force. */
export const TAX_RATES_AT = '2025-09-01';

/**
 * Standard rates of value added tax (or of the tax on goods and services that takes its place), in basis points, by
 * country of delivery (ISO 3166-1 alpha-2, thus GR and not the Union's EL).
 *
 * Source: for the European Union "VAT rates applied in the Member States" of the European Commission
 * (https://europa.eu/youreurope/business/taxation/vat/vat-rules-rates/), with the changes of 2025 in Slovakia, Estonia
 * (1 July) and Romania (1 August); for the others their tax authorities: HMRC (GB), ESTV (CH), Skatteetaten (NO), RSK (IS),
 * NTA (JP), ATO (AU), IRD (NZ), IRAS (SG), FTA (AE), ZATCA (SA), NBR (BH). Kuwait has no such tax.
 */
const STANDARD_RATES: Readonly<Record<string, number>> = {
  AT: 2_000,
  BE: 2_100,
  BG: 2_000,
  CY: 1_900,
  CZ: 2_100,
  DE: 1_900,
  DK: 2_500,
  EE: 2_400,
  ES: 2_100,
  FI: 2_550,
  FR: 2_000,
  GR: 2_400,
  HR: 2_500,
  HU: 2_700,
  IE: 2_300,
  IT: 2_200,
  LT: 2_100,
  LU: 1_700,
  LV: 2_100,
  MT: 1_800,
  NL: 2_100,
  PL: 2_300,
  PT: 2_300,
  RO: 2_100,
  SE: 2_500,
  SI: 2_200,
  SK: 2_300,

  AE: 500,
  AU: 1_000,
  BH: 1_000,
  CH: 810,
  GB: 2_000,
  IS: 2_400,
  JP: 1_000,
  KW: 0,
  NO: 2_500,
  NZ: 1_500,
  SA: 1_500,
  SG: 900,
};

/** Basis points in a whole. */
export const WHOLE_BASIS_POINTS = 10_000;

/** The tax of a country in basis points; undefined where the table has none: then the store does not deliver there. */
export function taxRateOf(country: string): number | undefined {
  return Object.hasOwn(STANDARD_RATES, country) ? STANDARD_RATES[country] : undefined;
}

/** Where the store delivers to. */
export const taxedCountries: readonly string[] = Object.keys(STANDARD_RATES).toSorted();
