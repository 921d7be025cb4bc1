import { startTestCloud } from '@lethe/local-cloud';
import type { Extent, MeasuredBound, PartReport, PartRow, SuitePart } from '../report/part-report.js';
import { median } from '../report/statistics.js';
import { figure } from '../report/table.js';
import { type AnalyticsProgram, openAnalytics } from './analytics-program.js';
import { DAYS, PRODUCTS, seedFacts } from './dashboard-facts.js';

const FEW = 10_000;
/** A quick run makes do with fewer: ten million take two minutes to write. */
const MANY = { full: 10_000_000, quick: 200_000 };
const FLAT = 1.25;
/** How often a report is asked for in each round, and before the first one. */
const [ASKED, WARM_UP] = [500, 10];

const how = (
  many: number,
): string => `The built program's reports over two databases of one PostgreSQL, with ${figure(FEW)} and ${figure(many)} lines of
confirmed orders of the same ${DAYS} days, ${PRODUCTS} products and four countries: the last 30 whole days, by day, by hour, by product
and by country. Asked one after the other, the two in turn; the p99 of each,
and as the ratio the median of those of the rounds, ${ASKED} times each.`;

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
    for (let asked = 0; asked < WARM_UP + extent.rounds * ASKED; asked += 1) {
      for (const [at, { program }] of [few, many].entries()) {
        const [start, before] = [performance.now(), process.cpuUsage()];
        await program.dashboards[name]?.(PERIOD);
        const { user, system } = process.cpuUsage(before);
        // The first ones plan.
        if (asked >= WARM_UP) times[at]?.push(performance.now() - start);
        cpu[at] = (cpu[at] ?? 0) + user + system;
      }
    }
    const found = [few, many].map(({ facts }, at): PartRow => {
      const all = times[at] ?? [];
      const seconds = all.reduce((sum, ms) => sum + ms, 0) / 1_000;
      return {
        contender: `${name}, of ${figure(facts)} facts`,
        operationsPerSecond: all.length / seconds,
        cpuMicros: (cpu[at] ?? 0) / (WARM_UP + extent.rounds * ASKED),
        medianMs: all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0,
        p99Ms: p99(all),
      };
    });
    rows.push(...found);
    const ratios = Array.from({ length: extent.rounds }, (_, round) => {
      const [ofFew = Number.NaN, ofMany = Number.NaN] = times.map((all) =>
        p99(all.slice(round * ASKED, (round + 1) * ASKED)),
      );
      return ofMany / ofFew;
    });
    const claim = `p99 of ${name} with ${figure(many.facts)} facts, to that with ${figure(few.facts)}`;
    bounds.push({ claim, unit: '×', atMost: FLAT, measured: median(ratios) });
  }
  return { rows, bounds };
}

/** Whether a report takes as long when there is much to report of. */
export const dashboardsPart: SuitePart = {
  name: 'dashboards',
  run: async (extent, progress) => {
    const cloud = await startTestCloud();
    const open: AnalyticsProgram[] = [];
    const sized = async (facts: number): Promise<Sized> => {
      const url = await cloud.ensureDatabase(`bench_dashboards_${facts}`);
      const program = await openAnalytics(url);
      open.push(program);
      await seedFacts(url, facts, progress);
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
