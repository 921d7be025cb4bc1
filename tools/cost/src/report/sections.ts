import { dollars, inCents } from '../model/cents.js';
import type { CostReport } from '../model/compare.js';
import { sumsOf } from '../model/estimate.js';

/** A table of the report, for whatever shows it. */
export interface Section {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
}

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
const significant = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
/** Dollars of one order: as many places as it takes. */
export const perOrder = (usd: number): string => (usd >= 0.01 ? usd.toFixed(4) : usd.toFixed(6));

/** What is said of a cost, as tables whose money adds up to the cent. */
export function sectionsOf(report: CostReport): Section[] {
  return [components(report), services(report), items(report), alternatives(report), scale(report), ceilings(report)];
}

function components({ estimate }: CostReport): Section {
  return summed(
    'By component, a month',
    'component',
    sumsOf(estimate.lines, ({ component }) => component),
    estimate.usd,
  );
}

function services({ estimate }: CostReport): Section {
  const sums = sumsOf(estimate.lines, ({ service }) => service ?? 'shared by all');
  return summed('By service, a month', 'service', sums, estimate.usd);
}

function summed(title: string, head: string, sums: ReadonlyMap<string, number>, total: number): Section {
  const cents = inCents([...sums.values()]);
  const rows = [...sums.keys()].map((name, at) => {
    const amount = cents[at] ?? 0;
    return [name, dollars(amount), percent((sums.get(name) ?? 0) / total)];
  });
  const sum = cents.reduce((whole, amount) => whole + amount, 0);
  return { title, heads: [head, 'USD', 'share'], rows: [...rows, ['total', dollars(sum), percent(1)]] };
}

function items({ estimate }: CostReport): Section {
  const cents = inCents(estimate.lines.map(({ usd }) => usd));
  return {
    title: 'What it is made of, a month',
    heads: ['component', 'service', 'for', 'amount', 'unit', 'USD'],
    rows: estimate.lines.map((line, at) => [
      line.component,
      line.service ?? '',
      line.what,
      significant(line.amount),
      line.unit,
      dollars(cents[at] ?? 0),
    ]),
  };
}

function alternatives({ alternatives: found, estimate }: CostReport): Section {
  return {
    title: 'Other ways, all else as it is, a month',
    heads: ['of', 'now', 'instead', 'USD', 'difference', 'in %'],
    rows: found.map(({ choice, deployed, value, usd, difference }) => [
      choice,
      deployed,
      value,
      dollars(Math.round(usd * 100)),
      `${difference < 0 ? '-' : '+'}${dollars(Math.round(Math.abs(difference) * 100))}`,
      `${difference < 0 ? '-' : '+'}${percent(Math.abs(difference) / estimate.usd)}`,
    ]),
  };
}

function scale({ scale: steps }: CostReport): Section {
  return {
    title: 'From ten orders a day to internet scale',
    heads: ['orders a day', 'visits a day', 'USD a month', 'USD an order', 'limits reached'],
    rows: steps.map(({ demand, usd, usdPerOrder, beyond }) => [
      count(demand.ordersPerDay),
      count(demand.visitsPerDay),
      dollars(Math.round(usd * 100)),
      perOrder(usdPerOrder),
      String(beyond.length),
    ]),
  };
}

function ceilings({ ceilings: found }: CostReport): Section {
  const sorted = [...found].sort((one, other) => one.reachedAt - other.reachedAt);
  return {
    title: 'Where limits are, by orders a day',
    heads: ['reached at', 'component', 'limit', 'used now', 'needs', 'what helps'],
    rows: sorted.map(({ reachedAt, component, limit, unit, use, needs, remedy }) => [
      Number.isFinite(reachedAt) ? significant(reachedAt) : 'never',
      component,
      `${count(limit)} ${unit}`,
      percent(use),
      needs === 'quota' ? 'a quota' : 'sharding',
      remedy,
    ]),
  };
}
