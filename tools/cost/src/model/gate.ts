import { z } from 'zod';
import type { PriceList } from '../data/prices.js';
import { DEPLOYED } from './choices.js';
import { estimate } from './estimate.js';
import type { Situation } from './load.js';

export const baselineSchema = z.object({
  date: z.iso.date(),
  why: z.string(),
  stage: z.enum(['dev', 'staging', 'production']),
  orders: z
    .array(
      z.object({ ordersPerDay: z.number().positive(), visitsPerDay: z.number(), usdPerOrder: z.number().positive() }),
    )
    .min(1),
});

/** What an order cost when somebody last agreed to it. */
export type Baseline = z.output<typeof baselineSchema>;

/** What an order costs now against the baseline. */
export interface Judged {
  readonly ordersPerDay: number;
  readonly before: number;
  readonly now: number;
  /** 0.05 for a rise of 5 %. */
  readonly rise: number;
  readonly passes: boolean;
}

/** Holds the cost of an order against the baseline, at each demand that it names; a rise of more than `maxRise` does not pass. */
export function judge(
  baseline: Baseline,
  situation: Omit<Situation, 'choices' | 'demand'>,
  prices: PriceList,
  maxRise: number,
): Judged[] {
  return baseline.orders.map(({ ordersPerDay, visitsPerDay, usdPerOrder: before }) => {
    const { usdPerOrder: now } = estimate(
      { ...situation, demand: { ordersPerDay, visitsPerDay }, choices: DEPLOYED },
      prices,
    );
    const rise = now / before - 1;
    return { ordersPerDay, before, now, rise, passes: rise <= maxRise };
  });
}
