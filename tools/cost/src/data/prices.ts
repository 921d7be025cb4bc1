import { z } from 'zod';

const about = {
  unit: z.string(),
  source: z.string().describe('Name of the page that the number is from.'),
  date: z.iso.date(),
  note: z.string().optional(),
};

const priceSchema = z.union([
  z.object({ usd: z.number().nonnegative(), ...about }),
  z.object({
    tiers: z
      .array(z.object({ usd: z.number().nonnegative(), upTo: z.number().positive().optional() }))
      .min(1)
      .describe('What each unit costs until so many of a month; the last tier has no end.'),
    ...about,
  }),
]);

export const pricesSchema = z.object({
  region: z.string(),
  currency: z.literal('USD'),
  date: z.iso.date(),
  note: z.string(),
  prices: z.record(z.string(), priceSchema),
  freeTier: z.object({
    source: z.string(),
    date: z.iso.date(),
    perMonth: z.record(z.string(), z.number().nonnegative()),
  }),
});

/** List prices of a region, each with its unit, its source and the date of both. */
export type PriceList = z.output<typeof pricesSchema>;
export type Price = z.output<typeof priceSchema>;

/** Dollars for an amount in one month. */
export function priceOf(price: Price, amount: number): number {
  if ('usd' in price) return price.usd * amount;
  let [cost, from] = [0, 0];
  for (const { usd, upTo = Infinity } of price.tiers) {
    if (amount <= from) break;
    cost += usd * (Math.min(amount, upTo) - from);
    from = upTo;
  }
  return cost;
}
