import { randomUUID } from 'node:crypto';
import { Database, type DatabaseOptions, migrate } from '@lethe/database';
import { builtModule } from '../orders/built-program.js';

interface Handler<C, R> {
  execute(command: C): Promise<R>;
}
type Class<A extends readonly unknown[], T> = new (...given: A) => T;

interface Period {
  readonly from: Date;
  readonly to: Date;
}
/** A click as the stream has it. */
export interface BenchClick {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly sessionId: string;
}
interface Modules {
  readonly database: { databaseOptions: (c: { DATABASE_URL: string; DATABASE_POOL_SIZE: number }) => DatabaseOptions };
  readonly clicks: {
    RecordClicks: Class<[object], object>;
    RecordClicksHandler: Class<[Database, object, object, undefined], Handler<object, unknown>>;
  };
  readonly lake: { LakeLog: Class<[], object> };
  readonly visitors: { VisitorSketches: Class<[number], object> };
  readonly sales: {
    FindSales: Class<[Period, string], object>;
    FindSalesHandler: Class<[Database], Handler<object, unknown>>;
  };
  readonly top: {
    FindTopProducts: Class<[Period, number], object>;
    FindTopProductsHandler: Class<[Database], Handler<object, unknown>>;
  };
  readonly windows: {
    FindWindows: Class<[object], object>;
    FindWindowsHandler: Class<[Database], Handler<object, unknown>>;
  };
}

/** The statements and reports of analytics as its built program has them, over a database of their own. */
export interface AnalyticsProgram {
  readonly database: Database;
  /** What the worker of a shard does with a batch, but for its checkpoint: counts the clicks in one transaction. */
  readonly count: (clicks: readonly BenchClick[]) => Promise<void>;
  readonly dashboards: Readonly<Record<string, (period: Period) => Promise<unknown>>>;
}

/** Visitors of a window that are counted one by one, as the program has it by default. */
const EXACT_VISITORS = 50_000;

export async function openAnalytics(url: string): Promise<AnalyticsProgram> {
  const load = <K extends keyof Modules>(path: string): Promise<Modules[K]> =>
    builtModule<Modules[K]>(`apps/analytics/dist/${path}.js`);
  const [options, clicks, lake, visitors, sales, top, windows] = await Promise.all([
    load<'database'>('analytics.database'),
    load<'clicks'>('click/record-clicks'),
    load<'lake'>('lake/lake-log'),
    load<'visitors'>('visitor/visitor-sketches'),
    load<'sales'>('report/find-sales'),
    load<'top'>('report/find-top-products'),
    load<'windows'>('window/find-windows'),
  ]);
  const settings = options.databaseOptions({ DATABASE_URL: url, DATABASE_POOL_SIZE: 16 });
  await migrate(settings);
  const database = new Database(settings);
  await database.open();
  const sketches = new visitors.VisitorSketches(EXACT_VISITORS);
  const recording = new clicks.RecordClicksHandler(database, new lake.LakeLog(), sketches, undefined);
  const finders = {
    sales: new sales.FindSalesHandler(database),
    top: new top.FindTopProductsHandler(database),
    windows: new windows.FindWindowsHandler(database),
  };
  return {
    database,
    count: async (batch) => {
      const records = batch.map((data) => ({ data }));
      await recording.execute(new clicks.RecordClicks({ shardId: 'shardId-000000000000', records }));
    },
    dashboards: {
      'sales by day': (period) => finders.sales.execute(new sales.FindSales(period, 'day')),
      'sales by hour': (period) => finders.sales.execute(new sales.FindSales(period, 'hour')),
      'top products': (period) => finders.top.execute(new top.FindTopProducts(period, 20)),
      'sales by country': (period) =>
        finders.windows.execute(new windows.FindWindows({ dimension: 'country', grain: 'day', period, limit: 100 })),
    },
  };
}

const TYPES = ['view', 'view', 'view', 'view', 'view', 'view', 'view', 'cart', 'cart', 'order'] as const;

/** Clicks of visitors who come for ten clicks each, all of one moment of the stream. */
export function someClicks(count: number, at: number): BenchClick[] {
  const visit = randomUUID().slice(0, 8);
  return Array.from({ length: count }, (_, n) => ({
    id: randomUUID(),
    type: TYPES[n % TYPES.length] ?? 'view',
    at: new Date(at + n).toISOString(),
    sessionId: `${visit}-${Math.floor(n / TYPES.length)}`,
  }));
}
