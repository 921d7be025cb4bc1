import { randomUUID } from 'node:crypto';
import { startTestCloud } from '@lethe/local-cloud';
import { type SideContender, sideBySide } from '../measure/side-by-side.js';
import type { Extent, MeasuredBound, PartReport, SuitePart } from '../report/part-report.js';
import { figure } from '../report/table.js';
import { type OrdersProgram, migrateOrders, openOrders } from './orders-program.js';
import { customerName, customersOf, seedOrders } from './seed-orders.js';

const FEW = 10_000;
/** A quick run makes do with fewer: to write a million takes a minute. */
const MANY = { full: 1_000_000, quick: 100_000 };

const how = (
  many: number,
): string => `The use cases of the built program over two databases of one PostgreSQL, with ${figure(FEW)} and with ${figure(many)} orders in the
table, confirmed, of two lines and four rows of history each, twenty of every customer; vacuumed, with statistics. Placing
is as above, for the customers in the table; a page is the newest twenty of one customer, or of all. Sixteen at once, in turn,
slice by slice; a bound compares within the rounds.`;

/** What is asked of a program, again and again. */
const WORK = {
  placing: (program: OrdersProgram, customer: string) => program.place(customer, randomUUID()),
  'a page of a customer': (program: OrdersProgram, customer: string) => program.list(customer),
  'a page of all': (program: OrdersProgram) => program.list(null),
} as const;

/** How much more it may cost: the difference that one level of a B-tree more makes, and the noise. */
const FLAT = 1.15;

interface Sized {
  readonly program: OrdersProgram;
  readonly orders: number;
}

async function measure(
  [few, many]: readonly [Sized, Sized],
  extent: Extent,
): Promise<Pick<PartReport, 'rows' | 'bounds'>> {
  const bounds: MeasuredBound[] = [];
  const rows: PartReport['rows'][number][] = [];
  for (const [name, work] of Object.entries(WORK)) {
    const contenderOf = ({ program, orders }: Sized): SideContender => {
      const customers = customersOf(orders);
      const anyone = () => customerName(Math.floor(Math.random() * customers));
      return { name: `${name}, of ${figure(orders)} orders`, operation: () => work(program, anyone()) };
    };
    const [small, large] = [contenderOf(few), contenderOf(many)];
    const found = await sideBySide([small, large], extent);
    rows.push(...found.rows);
    const claim = `Time of ${name} with ${figure(many.orders)} orders in the table, to that with ${figure(few.orders)}`;
    bounds.push({ claim, unit: '×', atMost: FLAT, measured: found.speedOf(small.name, large.name) });
  }
  return { rows, bounds };
}

/** Whether an order costs the same when there are many. */
export const growthPart: SuitePart = {
  name: 'growth',
  run: async (extent) => {
    const cloud = await startTestCloud();
    const open: OrdersProgram[] = [];
    const sized = async (orders: number): Promise<Sized> => {
      const url = await cloud.ensureDatabase(`bench_growth_${orders}`);
      await migrateOrders(url);
      await seedOrders(url, orders);
      const program = await openOrders(url);
      open.push(program);
      return { program, orders };
    };
    try {
      const most = extent.quick ? MANY.quick : MANY.full;
      const sizes = [await sized(FEW), await sized(most)] as const;
      return { title: 'Few orders in the table, and many', how: how(most), ...(await measure(sizes, extent)) };
    } finally {
      for (const program of open) await program.close();
      await cloud.stop();
    }
  },
};
