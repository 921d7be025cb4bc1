import { startTestCloud } from '@lethe/local-cloud';
import { statement } from '@lethe/database';
import type { Extent, MeasuredBound, PartReport, PartRow, SuitePart } from '../report/part-report.js';
import { figure } from '../report/table.js';
import { type AnalyticsProgram, openAnalytics } from './analytics-program.js';

const FEW = 10_000;
/** A quick run makes do with fewer: ten million take minutes to write. */
const MANY = { full: 10_000_000, quick: 200_000 };
const DAYS = 120;
const PRODUCTS = 50;
const FLAT = 1.25;

const how = (
  many: number,
): string => `The built program's reports over two databases of one PostgreSQL, with ${figure(FEW)} and ${figure(many)} lines of
confirmed orders of the same ${DAYS} days, ${PRODUCTS} products and four countries: the last 30 whole days, by day, by hour, by product
and by country. Asked one after the other, the two in turn; the p99 of each, and the ratio of the two.`;

/** $1 orders from, $2 to, $3 of how many. Their windows come with them, as always. */
const SEED_ORDERS = statement(
  'bench.seed-orders',
  `INSERT INTO order_fact (order_id, placed_at, outcome, confirmed_at, lines, units, amount, currency, country)
   SELECT md5('o' || n)::uuid, t.at, 'confirmed', t.at, 2, 4, 1000, 'GBP', (ARRAY['GB', 'FR', 'DE', 'IE'])[n % 4 + 1]
   FROM generate_series($1::bigint, $2::bigint) AS n,
     LATERAL (SELECT timestamptz '2026-01-01Z' + n * (interval '${DAYS} days' / $3::float8) AS at) t`,
);
const SEED_LINES = statement(
  'bench.seed-lines',
  `INSERT INTO order_line_fact (order_id, position, product_id, sku, name, placed_at, units, amount, currency, category)
   SELECT md5('o' || n)::uuid, l, md5('p' || (n * 7 + l) % ${PRODUCTS})::uuid, 'sku', 'PRODUCT', t.at, 2, 500, 'GBP', 'c'
   FROM generate_series($1::bigint, $2::bigint) AS n, generate_series(1, 2) AS l,
     LATERAL (SELECT timestamptz '2026-01-01Z' + n * (interval '${DAYS} days' / $3::float8) AS at) t`,
);
const VACUUM = ['order_fact', 'order_line_fact', 'sales_window', 'product_window'];

async function seed({ database }: AnalyticsProgram, lines: number): Promise<void> {
  const orders = lines / 2;
  for (let from = 1; from <= orders; from += 25_000) {
    const range = [from, Math.min(from + 24_999, orders), orders];
    await database.query(SEED_ORDERS, range);
    await database.query(SEED_LINES, range);
  }
  for (const table of VACUUM) await database.query(statement(`bench.vacuum-${table}`, `VACUUM (ANALYZE) ${table}`));
}

const PERIOD = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-31T00:00:00Z') };
const p99 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;

interface Sized {
  readonly program: AnalyticsProgram;
  readonly facts: number;
}

async function measure(
  [few, many]: readonly [Sized, Sized],
  extent: Extent,
): Promise<Pick<PartReport, 'rows' | 'bounds'>> {
  const rows: PartRow[] = [];
  const bounds: MeasuredBound[] = [];
  for (const name of Object.keys(few.program.dashboards)) {
    const times = [few, many].map((): number[] => []);
    const cpu = [0, 0];
    for (let asked = 0; asked < extent.rounds * 60; asked += 1) {
      for (const [at, { program }] of [few, many].entries()) {
        const [start, before] = [performance.now(), process.cpuUsage()];
        await program.dashboards[name]?.(PERIOD);
        const { user, system } = process.cpuUsage(before);
        // The first ones plan.
        if (asked >= 10) times[at]?.push(performance.now() - start);
        cpu[at] = (cpu[at] ?? 0) + user + system;
      }
    }
    const found = [few, many].map(({ facts }, at): PartRow => {
      const all = times[at] ?? [];
      const seconds = all.reduce((sum, ms) => sum + ms, 0) / 1_000;
      return {
        contender: `${name}, of ${figure(facts)} facts`,
        operationsPerSecond: all.length / seconds,
        cpuMicros: (cpu[at] ?? 0) / (extent.rounds * 60),
        medianMs: all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0,
        p99Ms: p99(all),
      };
    });
    rows.push(...found);
    const claim = `p99 of ${name} with ${figure(many.facts)} facts, to that with ${figure(few.facts)}`;
    bounds.push({ claim, unit: '×', atMost: FLAT, measured: p99(times[1] ?? []) / p99(times[0] ?? []) });
  }
  return { rows, bounds };
}

/** Whether a report takes as long when there is much to report of. */
export const dashboardsPart: SuitePart = {
  name: 'dashboards',
  run: async (extent) => {
    const cloud = await startTestCloud();
    const open: AnalyticsProgram[] = [];
    const sized = async (facts: number): Promise<Sized> => {
      const program = await openAnalytics(await cloud.ensureDatabase(`bench_dashboards_${facts}`));
      open.push(program);
      await seed(program, facts);
      return { program, facts };
    };
    try {
      const most = extent.quick ? MANY.quick : MANY.full;
      const sizes = [await sized(FEW), await sized(most)] as const;
      return { title: 'Few facts, and many', how: how(most), ...(await measure(sizes, extent)) };
    } finally {
      for (const { database } of open) await database.close();
      await cloud.stop();
    }
  },
};
