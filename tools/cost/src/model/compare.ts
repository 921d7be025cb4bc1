import type { Limits } from '../data/limits.js';
import type { PriceList } from '../data/prices.js';
import { type Ceiling, ceilings } from './ceilings.js';
import { DEPLOYED, alternatives } from './choices.js';
import { type Estimate, estimate } from './estimate.js';
import type { Demand, Situation } from './load.js';

/** Another way to run a component, and what it changes. */
export interface Alternative {
  readonly choice: string;
  readonly deployed: string;
  readonly value: string;
  readonly usd: number;
  /** Against what is deployed, in dollars a month. */
  readonly difference: number;
}

/** A step of the way from a few orders a day to internet scale. */
export interface Step {
  readonly demand: Demand;
  readonly usd: number;
  readonly usdPerOrder: number;
  /** Limits that are reached until then. */
  readonly beyond: readonly string[];
}

/** All that is said about the cost of a demand. */
export interface CostReport {
  readonly demand: Demand;
  readonly stage: string;
  readonly freeTier: boolean;
  readonly sources: { readonly profile: string; readonly prices: string; readonly limits: string };
  readonly estimate: Estimate;
  readonly alternatives: readonly Alternative[];
  readonly ceilings: readonly Ceiling[];
  readonly scale: readonly Step[];
}

/** What the model is fed with. */
export interface CostData {
  readonly prices: PriceList;
  readonly limits: Limits;
}

/** Orders a day at which the cost is shown side by side. */
export const SCALE: readonly number[] = [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/** What a demand costs, what other ways would cost, and where limits are. */
export function costReport(
  situation: Omit<Situation, 'choices'>,
  { prices, limits }: CostData,
  freeTier: boolean,
): CostReport {
  const of = (one: Omit<Situation, 'choices'>, choices = DEPLOYED): Estimate =>
    estimate({ ...one, choices }, prices, { freeTier });
  const deployed = of(situation);
  const found = ceilings({ ...situation, choices: DEPLOYED }, limits);
  const { ordersPerDay, visitsPerDay } = situation.demand;
  return {
    demand: situation.demand,
    stage: situation.stage.name,
    freeTier,
    sources: {
      profile: `${situation.profile.date}, ${situation.profile.machine}`,
      prices: `${prices.region}, ${prices.date}`,
      limits: `${limits.region}, ${limits.date}`,
    },
    estimate: deployed,
    alternatives: alternatives().map(({ choice, value, choices }) => {
      const { usd } = of(situation, choices);
      return { choice, deployed: DEPLOYED[choice], value, usd, difference: usd - deployed.usd };
    }),
    ceilings: found,
    scale: SCALE.map((orders) => {
      const demand = { ordersPerDay: orders, visitsPerDay: (orders * visitsPerDay) / ordersPerDay };
      const { usd, usdPerOrder } = of({ ...situation, demand });
      return {
        demand,
        usd,
        usdPerOrder,
        beyond: found.filter(({ reachedAt }) => reachedAt <= orders).map(({ name }) => name),
      };
    }),
  };
}
