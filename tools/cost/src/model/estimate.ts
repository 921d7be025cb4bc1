import { CostDataError } from '../cost.errors.js';
import { type PriceList, priceOf } from '../data/prices.js';
import { COMPONENTS } from './components.js';
import { DAYS_PER_MONTH, Load, type Situation } from './load.js';

/** So much of something, and what it costs in a month. */
export interface Line {
  readonly component: string;
  readonly service?: string;
  readonly what: string;
  readonly price: string;
  readonly unit: string;
  readonly amount: number;
  readonly usd: number;
}

/** What the store costs in a month. */
export interface Estimate {
  readonly lines: readonly Line[];
  /** Dollars a month: the sum of the lines. */
  readonly usd: number;
  readonly usdPerOrder: number;
}

/**
 * What a situation costs. Tiers and the free tier count over the whole account: each line bears its share of what all
 * lines with its price cost together. Throws a {@link CostDataError} where the list lacks a price.
 */
export function estimate(
  situation: Situation,
  prices: PriceList,
  options: { readonly freeTier?: boolean } = {},
): Estimate {
  const load = new Load(situation);
  const used = COMPONENTS.flatMap(({ name, usage }) =>
    usage(load).map((line) => ({ component: name, ...line })),
  ).filter(({ amount }) => amount > 0);
  const totals = new Map<string, number>();
  for (const { price, amount } of used) totals.set(price, (totals.get(price) ?? 0) + amount);
  const lines = used.map((line): Line => {
    const price = prices.prices[line.price];
    if (price === undefined) throw new CostDataError(`the price list has no ${line.price}`);
    const total = totals.get(line.price) ?? line.amount;
    const free = options.freeTier === true ? (prices.freeTier.perMonth[line.price] ?? 0) : 0;
    const cost = priceOf(price, Math.max(0, total - free));
    return { ...line, unit: price.unit, usd: (cost * line.amount) / total };
  });
  const usd = lines.reduce((sum, line) => sum + line.usd, 0);
  const orders = situation.demand.ordersPerDay * DAYS_PER_MONTH;
  return { lines, usd, usdPerOrder: orders === 0 ? 0 : usd / orders };
}

/** What lines cost together, by a name of theirs, in the order in which the names first come. */
export function sumsOf(lines: readonly Line[], nameOf: (line: Line) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(nameOf(line), (sums.get(nameOf(line)) ?? 0) + line.usd);
  return sums;
}
