import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderConfirmed } from '@lethe/contracts';
import { Analytics, seal } from './analytics.fixture.js';

interface Told {
  readonly id: string;
  readonly data: { readonly today: { readonly sales: readonly { readonly orders: number }[] } };
}

describe('GET /analytics/live', () => {
  let analytics: Analytics;
  beforeAll(async () => {
    analytics = await Analytics.create(2);
  });
  afterAll(() => analytics.close());

  const sell = () => {
    const placedAt = new Date().toISOString();
    const total = { amount: 250, currency: 'GBP' };
    const items = [{ productId: randomUUID(), sku: '21232', name: 'MUG', quantity: 1, unitPrice: total }];
    return analytics.say([
      seal(OrderConfirmed, { orderId: randomUUID(), placedAt, confirmedAt: placedAt, total, items }),
    ]);
  };

  /** Reads a replica's events until one is as wanted. */
  async function watch(replica: number, wanted: (told: Told) => boolean, lastEventId?: string): Promise<Told> {
    const response = await fetch(`${await analytics.replicas[replica]?.getUrl()}/analytics/live`, {
      headers: {
        authorization: `Bearer ${await analytics.token('analyst')}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (const [, id = '', data = ''] of text.matchAll(/^id: (\d+)\nevent: totals\ndata: (.*)\n\n/gm)) {
        const told = { id, data: JSON.parse(data) as Told['data'] };
        if (!wanted(told)) continue;
        return told;
      }
    }
    throw new Error('the stream ended');
  }
  const orders = ({ data }: Told): number => data.today.sales[0]?.orders ?? 0;

  it('tells from any replica what any replica counted, and goes on at another where a client was', async () => {
    await sell();
    const [first] = await Promise.all([0, 1].map((replica) => watch(replica, (told) => orders(told) === 1)));

    const next = watch(1, () => true, first?.id);
    await sell();

    // Nothing that was seen is told again: the first event is the news.
    expect(orders(await next)).toBe(2);
  });

  it.each([
    [401, undefined],
    [403, 'customer'],
  ] as const)('answers %i to %s', async (status, role) => {
    expect((await analytics.call('/analytics/live', { role })).status).toBe(status);
  });
});
