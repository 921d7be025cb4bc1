import type { EmfMetric, Metrics } from '@lethe/service-kit';
import { Counter } from 'prom-client';
import type { OrderFact } from './order-fact.js';

const PUBLISHED: readonly EmfMetric[] = [
  { source: 'orders_total', name: 'Orders', unit: 'Count', takes: 'increase', dimensions: [['outcome']] },
  // In units of the currency, not in its cents: what a chart of the business shows.
  {
    source: 'orders_revenue_minor_units_total',
    name: 'Revenue',
    unit: 'None',
    takes: 'increase',
    factor: 0.01,
    dimensions: [['currency']],
  },
];

/** The business in numbers: what became of orders and what those that were confirmed came to, each told once. */
export class OrderMetrics {
  readonly #orders: Counter<'outcome'>;
  readonly #revenue: Counter<'currency'>;

  constructor(metrics: Pick<Metrics, 'registry' | 'publish'>) {
    const registers = [metrics.registry];
    this.#orders = new Counter({
      name: 'orders_total',
      help: 'Orders that were placed, confirmed, rejected or cancelled.',
      labelNames: ['outcome'],
      registers,
    });
    this.#revenue = new Counter({
      name: 'orders_revenue_minor_units_total',
      help: 'Totals of confirmed orders, in cents.',
      labelNames: ['currency'],
      registers,
    });
    metrics.publish(...PUBLISHED);
  }

  /** Counts facts that are committed and new. */
  told(facts: readonly OrderFact[]): void {
    for (const { outcome, total } of facts) {
      this.#orders.inc({ outcome });
      if (outcome === 'confirmed' && total !== undefined) this.#revenue.inc({ currency: total.currency }, total.amount);
    }
  }
}
