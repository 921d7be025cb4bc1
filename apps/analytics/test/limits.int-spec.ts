import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Analytics } from './analytics.fixture.js';

describe('POST /analytics/events', () => {
  let analytics: Analytics;
  beforeAll(async () => {
    analytics = await Analytics.create(2, { EVENT_BATCHES_PER_IP: '4' });
  });
  afterAll(() => analytics.close());

  const send = (ip: string) =>
    analytics.call('/analytics/events', {
      method: 'POST',
      headers: { 'x-forwarded-for': ip },
      body: { events: [{ id: randomUUID(), type: 'view', at: new Date().toISOString(), sessionId: 's' }] },
    });

  it('S51: takes so many batches of an address in a minute over all replicas, and refuses more', async () => {
    const answers = await Promise.all(Array.from({ length: 7 }, () => send('203.0.113.7')));

    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([
      202, 202, 202, 202, 429, 429, 429,
    ]);
    expect((await send('203.0.113.7')).headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await send('203.0.113.8')).status).toBe(202);
  });

  it('S50 S51: believes one hop of X-Forwarded-For: addresses made up before it are of no use', async () => {
    const statuses = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await send(`198.51.100.${index}, 203.0.113.9`)).status);

    expect(statuses).toEqual([202, 202, 202, 202, 429, 429]);
  });
});
