import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Analytics, type Role } from './analytics.fixture.js';

const click = { id: 'a', type: 'view', at: '2006-01-01T00:00:00Z', sessionId: 's' };

describe('bad input', () => {
  let analytics: Analytics;
  beforeAll(async () => {
    analytics = await Analytics.create();
  });
  afterAll(() => analytics.close());

  const problem = (pointer?: string) =>
    expect.objectContaining({
      type: expect.stringMatching(/^urn:lethe:problem:/),
      status: expect.any(Number),
      ...(pointer === undefined ? {} : { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
    });

  const json = { 'content-type': 'application/json' };
  it.each<[number, string, unknown, Record<string, string>, string | undefined]>([
    [400, 'no body', undefined, json, undefined],
    [400, 'malformed JSON', '{"events":[', json, undefined],
    [400, 'no events', {}, json, '/events'],
    [400, 'an empty list', { events: [] }, json, '/events'],
    [400, 'more than 500 events', { events: Array.from({ length: 501 }, () => click) }, json, '/events'],
    [400, 'an unknown member', { events: [click], more: 1 }, json, '/more'],
    [400, 'no list', { events: click }, json, '/events'],
    [413, 'a body of two megabytes', { events: [{ ...click, id: 'x'.repeat(2_000_000) }] }, json, undefined],
    [415, 'another content type', 'events=1', { 'content-type': 'application/x-www-form-urlencoded' }, undefined],
  ])('POST /analytics/events answers %i for %s', async (status, _, body, headers, pointer) => {
    const answer = await analytics.call('/analytics/events', { method: 'POST', body, headers });

    expect(answer.status).toBe(status);
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual(problem(pointer));
  });

  it.each([
    ['sales?from=yesterday', '#query/from'],
    ['sales?from=2010-02-30', '#query/from'],
    ['sales?to=2010-12-01T10:00', '#query/to'],
    ['sales?bucket=year', '#query/bucket'],
    ['sales?from=2010-12-02&to=2010-12-01', '#query/to'],
    ['funnel?from=2010-12-01T00:00:00Z&to=2010-12-01T00:00:00Z', '#query/to'],
    ['sales?from=2010-12-01&from=2010-12-02', '#query/from'],
    ['top-products?limit=0', '#query/limit'],
    ['top-products?limit=101', '#query/limit'],
    ['top-products?limit=ten', '#query/limit'],
    ['top-products?from=2010-12-02&to=2010-12-01', '#query/to'],
    ['funnel?bucket=day', '#query/bucket'],
  ])('GET /analytics/%s answers 400 with a pointer', async (path, pointer) => {
    const answer = await analytics.call(`/analytics/${path}`, { role: 'analyst' });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(problem(pointer));
  });

  describe.each(['sales', 'top-products', 'funnel'])('GET /analytics/%s', (path) => {
    const call = (role?: Role) => analytics.call(`/analytics/${path}`, { role });

    it('answers 401 without a token, and says what it wants', async () => {
      const { status, body, headers } = await call();

      expect([status, body]).toEqual([401, problem()]);
      expect(headers.get('www-authenticate')).toContain('Bearer');
    });

    it('answers 403 to a customer', async () => {
      const { status, body } = await call('customer');

      expect([status, body]).toEqual([403, problem()]);
    });

    it.each<Role>(['analyst', 'admin'])('answers an %s', async (role) => {
      expect((await call(role)).status).toBe(200);
    });
  });

  it('answers 404 for a route there is not', async () => {
    expect((await analytics.call('/analytics/nothing', { role: 'admin' })).status).toBe(404);
  });

  it.each(['0000-01-01', '9999-12-31', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59'])(
    'takes the edges of time: %s',
    async (edge) => {
      const time = encodeURIComponent(edge);

      expect((await analytics.call(`/analytics/sales?from=${time}`, { role: 'analyst' })).status).toBe(200);
      expect((await analytics.call(`/analytics/funnel?to=${time}`, { role: 'analyst' })).status).toBe(200);
    },
  );
});
