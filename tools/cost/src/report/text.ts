import type { CostReport } from '../model/compare.js';
import { perOrder, sectionsOf } from './sections.js';
import { tableOf } from './table.js';

/** What the report is about, in a few lines. */
export function headOf({ demand, stage, freeTier, sources, estimate }: CostReport): string[] {
  const [orders, visits] = [demand.ordersPerDay, demand.visitsPerDay].map((value) => value.toLocaleString('en-US'));
  return [
    `${orders} orders and ${visits} visits a day on stage ${stage}: ${estimate.usd.toFixed(2)} USD a month, ${perOrder(estimate.usdPerOrder)} USD an order`,
    `profile: ${sources.profile}; prices: ${sources.prices}, list, ${freeTier ? 'with' : 'without'} free tier; limits: ${sources.limits}`,
  ];
}

/** The report for a terminal. */
export function textOf(report: CostReport): string {
  const sections = sectionsOf(report).map(({ title, heads, rows }) => `${title}\n\n${tableOf(heads, rows)}`);
  return `${headOf(report).join('\n')}\n\n${sections.join('\n\n')}\n`;
}
