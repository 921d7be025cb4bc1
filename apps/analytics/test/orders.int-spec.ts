import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Funnel,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  type Sales,
  type TopProducts,
} from '@lethe/contracts';
import { eventually } from '@lethe/testing';
import { Analytics, type Sealed, seal } from './analytics.fixture.js';

const gbp = (amount: number, currency = 'GBP') => ({ amount, currency });
const mug = { productId: randomUUID(), sku: '21232', name: 'MUG', unitPrice: gbp(250) };
const lamp = { productId: randomUUID(), sku: '84950', name: 'LAMP', unitPrice: gbp(1_000) };

interface Story {
  readonly placedAt: string;
  readonly items?: readonly {
    productId: string;
    sku: string;
    name: string;
    unitPrice: typeof mug.unitPrice;
    quantity: number;
  }[];
  readonly end?: 'confirmed' | 'rejected' | 'cancelled';
}

/** What orders says of one order. */
function messagesOf({ placedAt, items = [{ ...mug, quantity: 1 }], end = 'confirmed' }: Story): Sealed[] {
  const orderId = randomUUID();
  const currency = items[0]?.unitPrice.currency ?? 'GBP';
  const total = gbp(
    items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0),
    currency,
  );
  const placed = seal(OrderPlaced, { orderId, placedAt, total });
  const ends = {
    confirmed: () => seal(OrderConfirmed, { orderId, placedAt, confirmedAt: placedAt, total, items: [...items] }),
    rejected: () => seal(OrderRejected, { orderId, placedAt, reason: 'out-of-stock' }),
    cancelled: () => seal(OrderCancelled, { orderId, placedAt }),
  };
  return [placed, ends[end]()];
}

const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((value) => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);

describe('orders', () => {
  let analytics: Analytics;
  beforeAll(async () => {
    analytics = await Analytics.create(2);
  });
  afterAll(() => analytics.close());

  it.each([
    ['once', 1, '2001'],
    ['twice', 2, '2002'],
    ['five times', 5, '2003'],
  ])(
    'R13: messages delivered %s, interleaved and in any order, give the same numbers (C2, C8)',
    async (_, times, year) => {
      const stories: Story[] = [
        {
          placedAt: `${year}-03-01T08:15:30.250Z`,
          items: [
            { ...mug, quantity: 3 },
            { ...lamp, quantity: 2 },
          ],
        },
        { placedAt: `${year}-03-01T08:15:59.999Z`, items: [{ ...mug, quantity: 1 }] },
        { placedAt: `${year}-03-01T09:00:00+01:00`, items: [{ ...mug, quantity: 10 }] },
        { placedAt: `${year}-03-02T00:00:00Z`, items: [{ ...lamp, quantity: 1 }] },
        { placedAt: `${year}-03-02T10:00:00Z`, end: 'rejected' },
        { placedAt: `${year}-03-02T11:00:00Z`, end: 'cancelled' },
      ];
      const messages = stories.flatMap(messagesOf);

      await analytics.say(shuffled(Array.from({ length: times }, () => messages).flat()));

      const period = `from=${year}-01-01&to=${year}-12-31`;
      await eventually(async () => {
        const { orders } = await analytics.report<Funnel>(`funnel?${period}`);
        expect(orders).toEqual({ placed: 6, confirmed: 4, rejected: 1, cancelled: 1 });
      });
      expect(await analytics.report<Sales>(`sales?${period}&bucket=minute`)).toEqual({
        buckets: [
          { start: `${year}-03-01T08:00:00.000Z`, orders: 1, units: 10, revenue: gbp(2_500) },
          { start: `${year}-03-01T08:15:00.000Z`, orders: 2, units: 6, revenue: gbp(3_000) },
          { start: `${year}-03-02T00:00:00.000Z`, orders: 1, units: 1, revenue: gbp(1_000) },
        ],
      });
      expect(await analytics.report<Sales>(`sales?${period}&bucket=hour`)).toEqual({
        buckets: [
          { start: `${year}-03-01T08:00:00.000Z`, orders: 3, units: 16, revenue: gbp(5_500) },
          { start: `${year}-03-02T00:00:00.000Z`, orders: 1, units: 1, revenue: gbp(1_000) },
        ],
      });
      expect(await analytics.report<Sales>(`sales?${period}`)).toEqual({
        buckets: [
          { start: `${year}-03-01T00:00:00.000Z`, orders: 3, units: 16, revenue: gbp(5_500) },
          { start: `${year}-03-02T00:00:00.000Z`, orders: 1, units: 1, revenue: gbp(1_000) },
        ],
      });
      expect(await analytics.report<TopProducts>(`top-products?${period}`)).toEqual({
        items: [
          { productId: mug.productId, sku: '21232', name: 'MUG', units: 14, revenue: gbp(3_500) },
          { productId: lamp.productId, sku: '84950', name: 'LAMP', units: 3, revenue: gbp(3_000) },
        ],
      });
      expect((await analytics.report<TopProducts>(`top-products?${period}&limit=1`)).items).toHaveLength(1);
    },
  );

  it('gives one bucket per currency and never adds two', async () => {
    const eur = { ...mug, unitPrice: gbp(300, 'EUR') };
    const placedAt = '2004-05-05T05:05:05Z';

    await analytics.say([{ placedAt }, { placedAt, items: [{ ...eur, quantity: 2 }] }].flatMap(messagesOf));

    await eventually(async () =>
      expect((await analytics.report<Sales>('sales?from=2004-01-01&to=2004-12-31')).buckets).toEqual([
        { start: '2004-05-05T00:00:00.000Z', orders: 1, units: 2, revenue: gbp(600, 'EUR') },
        { start: '2004-05-05T00:00:00.000Z', orders: 1, units: 1, revenue: gbp(250) },
      ]),
    );
  });

  it('includes from, excludes to as a time, and includes to as a day', async () => {
    await analytics.say(
      ['2005-01-01T00:00:00Z', '2005-01-02T00:00:00Z', '2005-01-02T23:59:59.999Z'].flatMap((placedAt) =>
        messagesOf({ placedAt }),
      ),
    );
    const orders = async (period: string): Promise<number> =>
      (await analytics.report<Sales>(`sales?${period}`)).buckets.reduce((sum, bucket) => sum + bucket.orders, 0);

    await eventually(async () => expect(await orders('from=2005-01-01&to=2005-01-02')).toBe(3));

    expect(await orders('from=2005-01-01T00:00:00Z&to=2005-01-02T00:00:00Z')).toBe(1);
    expect(await orders('from=2005-01-01T00:00:00.001Z&to=2005-01-03T00:00:00Z')).toBe(2);
    expect(await orders('from=2005-01-03&to=2005-01-03')).toBe(0);
  });
});
