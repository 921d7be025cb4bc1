import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { OrderMetrics } from './order.metrics.js';

const placedAt = new Date(0);
const gbp = (amount: number) => ({ amount, currency: 'GBP' });

describe('OrderMetrics', () => {
  it('counts what became of orders, and what those came to that were confirmed', async () => {
    const registry = new Registry();
    const published: string[] = [];
    const metrics = new OrderMetrics({
      registry,
      publish: (...all) => void published.push(...all.map(({ name }) => name)),
    });

    metrics.told([
      { orderId: '1', placedAt, outcome: 'placed', total: gbp(250) },
      { orderId: '1', placedAt, outcome: 'confirmed', total: gbp(250) },
      { orderId: '2', placedAt, outcome: 'placed', total: gbp(1_000) },
    ]);
    metrics.told([{ orderId: '2', placedAt, outcome: 'rejected' }]);

    const text = await registry.metrics();
    expect(text).toContain('orders_total{outcome="placed"} 2');
    expect(text).toContain('orders_total{outcome="confirmed"} 1');
    expect(text).toContain('orders_total{outcome="rejected"} 1');
    expect(text).toContain('orders_revenue_minor_units_total{currency="GBP"} 250');
    expect(published).toEqual(['Orders', 'Revenue']);
  });
});
