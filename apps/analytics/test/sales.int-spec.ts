import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sales } from '@lethe/contracts';
import { Client } from 'pg';
import { cutOf, parametersOf } from '../src/report/edges.js';
import { MAX_BUCKETS } from '../src/report/find-sales.js';
import { SALES } from '../src/report/report.sql.js';
import { Analytics } from './analytics.fixture.js';

describe('sales', () => {
  let analytics: Analytics;
  let sql: Client;
  beforeAll(async () => {
    analytics = await Analytics.create();
    sql = new Client({ connectionString: analytics.databaseUrl });
    await sql.connect();
    // One order a minute from the first of January on, one more than an answer has buckets.
    await sql.query(
      `INSERT INTO order_fact (order_id, placed_at, outcome, confirmed_at, lines, units, amount, currency)
       SELECT gen_random_uuid(), timestamptz '2007-01-01Z' + n * interval '1 minute', 'confirmed', now(), 1, 2, 300, 'GBP'
       FROM generate_series(0, $1::int) AS n`,
      [MAX_BUCKETS],
    );
    await sql.query('VACUUM ANALYZE order_fact');
  });
  afterAll(async () => {
    await sql.end();
    await analytics.close();
  });

  it('refuses to answer with more buckets than an answer may have, and says what to do', async () => {
    const { status, body } = await analytics.call('/analytics/sales?from=2007-01-01&bucket=minute', {
      role: 'analyst',
    });

    expect(status).toBe(400);
    expect(body).toMatchObject({
      type: 'urn:lethe:problem:too-many-buckets',
      limit: MAX_BUCKETS,
      errors: [{ pointer: '#query/bucket' }],
    });
  });

  it('answers the same orders in larger buckets, or those of a shorter period', async () => {
    const hours = await analytics.report<Sales>('sales?bucket=hour');
    const minutes = await analytics.report<Sales>('sales?from=2007-01-01&to=2007-01-05&bucket=minute');

    expect(hours.buckets).toHaveLength(Math.ceil((MAX_BUCKETS + 1) / 60));
    expect(hours.buckets.reduce((sum, { revenue }) => sum + revenue.amount, 0)).toBe((MAX_BUCKETS + 1) * 300);
    expect(minutes.buckets).toHaveLength(5 * 1_440);
  });

  it('reads windows of the period alone, and orders only of parts of minutes', async () => {
    const period = { from: new Date('2007-01-02T00:00:00Z'), to: new Date('2007-01-02T23:59:30Z') };
    const cut = parametersOf(cutOf(period, ['hour', 'minute']));

    const { rows } = await sql.query<Record<string, string>>(
      `EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) ${SALES.hour.text}`,
      [...cut, MAX_BUCKETS + 1],
    );

    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Append .*rows=83\b/);
    expect(plan).not.toContain('Seq Scan on order_fact');
  });
});
