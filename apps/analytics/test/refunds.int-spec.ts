import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Funnel, OrderConfirmed, OrderPlaced, OrderRefunded, OrderReturned, type Sales } from '@lethe/contracts';
import { eventually } from '@lethe/testing';
import { Analytics, type Sealed, seal } from './analytics.fixture.js';

const gbp = (amount: number) => ({ amount, currency: 'GBP' });
const productId = randomUUID();

/** A confirmed order of ten pounds: four units, two of which come back one by one, a pound of goodwill beside. */
function story(placedAt: string, refundedAt: readonly [string, string, string]): Sealed[] {
  const [orderId, total] = [randomUUID(), gbp(1_000)];
  const items = [{ productId, sku: 'S', name: 'N', quantity: 4, unitPrice: gbp(250) }];
  const back = [{ productId, quantity: 1 }];
  const refund = (at: string, amount: number, full: boolean) =>
    seal(OrderRefunded, {
      orderId,
      refundId: randomUUID(),
      placedAt,
      refundedAt: at,
      amount: gbp(amount),
      items: [],
      full,
    });
  return [
    seal(OrderPlaced, { orderId, placedAt, total }),
    seal(OrderConfirmed, { orderId, placedAt, confirmedAt: placedAt, total, items }),
    ...refundedAt.slice(0, 2).map((returnedAt) => {
      const returned = { orderId, returnId: randomUUID(), placedAt, returnedAt, amount: gbp(250), items: back };
      return seal(OrderReturned, returned);
    }),
    refund(refundedAt[0], 250, false),
    refund(refundedAt[1], 250, false),
    refund(refundedAt[2], 500, true),
  ];
}

describe('refunds', () => {
  let analytics: Analytics;
  beforeAll(async () => {
    analytics = await Analytics.create(2);
  });
  afterAll(() => analytics.close());

  it.each([
    ['once', 1, '2011'],
    ['five times', 5, '2012'],
  ])(
    'R13: told %s, in any order, count once, by when the money went back; sales stay what they were',
    async (_, n, y) => {
      const day = (at: string) => `${y}-${at}T10:00:00.000Z`;
      const messages = story(day('03-01'), [day('03-01'), day('03-05'), day('03-05')]);

      await analytics.say(Array.from({ length: n }, () => messages.toReversed()).flat());

      const period = `from=${y}-01-01&to=${y}-12-31`;
      await eventually(async () =>
        expect((await analytics.report<Sales>(`sales?${period}`)).buckets).toEqual([
          {
            start: `${y}-03-01T00:00:00.000Z`,
            orders: 1,
            units: 4,
            revenue: gbp(1_000),
            refunds: 1,
            refunded: gbp(250),
          },
          { start: `${y}-03-05T00:00:00.000Z`, orders: 0, units: 0, revenue: gbp(0), refunds: 2, refunded: gbp(750) },
        ]),
      );
      await eventually(async () =>
        expect((await analytics.report<Funnel>(`funnel?${period}`)).orders).toEqual({
          placed: 1,
          confirmed: 1,
          rejected: 0,
          cancelled: 0,
          returned: 1,
          refunded: 1,
        }),
      );
    },
  );

  it('of one id count once, though two messages tell of it', async () => {
    const [refundId, orderId, at] = [randomUUID(), randomUUID(), '2013-01-01T00:00:00.000Z'];
    const data = { orderId, refundId, placedAt: at, refundedAt: at, amount: gbp(5), items: [], full: false };

    await analytics.say([seal(OrderRefunded, data), seal(OrderRefunded, data)]);
    await analytics.say(story('2013-06-01T00:00:00.000Z', [at, at, at]));

    await eventually(async () =>
      expect((await analytics.report<Sales>('sales?from=2013-01-01&to=2013-01-01')).buckets).toMatchObject([
        { orders: 0, refunds: 4, refunded: gbp(1_005) },
      ]),
    );
  });
});
