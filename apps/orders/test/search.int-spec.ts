import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderPage, OrderStatus } from '@lethe/contracts';
import { type Statement, statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Client } from 'pg';
import { InvalidValueError } from '../src/orders.errors.js';
import { type OrderSearch, SearchOrders, SearchOrdersHandler } from '../src/order-lists/search-orders.js';
import { LOOKED_AT, SEARCH_CUSTOMER, SEARCH_PRODUCT, SEARCH_STATES } from '../src/order-lists/search-orders.sql.js';
import { LIST_ALL, LIST_MINE } from '../src/order/order.sql.js';
import { OrdersDatabase } from './orders-database.js';

let orders: OrdersDatabase;
let search: SearchOrdersHandler;
beforeAll(async () => {
  orders = await OrdersDatabase.create();
  search = new SearchOrdersHandler(orders.database);
});
afterAll(() => orders.close());

const [lamp, mug] = [randomUUID(), randomUUID()];

interface Seed {
  readonly customer: string;
  readonly status: OrderStatus;
  readonly placedAt: string;
  readonly product: string;
}

async function add({ customer, status, placedAt, product }: Seed): Promise<string> {
  const id = uuidv7();
  await orders.run(
    `WITH o AS (INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
       VALUES ($1, $2, $3, 'GBP', 100, 'tok_visa', $4) RETURNING id)
     INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
     SELECT id, 1, $5, 'SKU', 'Lamp', 1, 100 FROM o`,
    [id, customer, status, placedAt, product],
  );
  return id;
}

const page = (criteria: Partial<OrderSearch>): Promise<OrderPage> =>
  search.execute(new SearchOrders({ limit: 20, ...criteria }));

/** All pages, one after the other. */
async function all(criteria: Partial<OrderSearch>): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, nextCursor } = await page({ ...criteria, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...items.map(({ id }) => id));
    cursor = nextCursor;
  }
  return found;
}

describe("the staff's search", () => {
  const seeds: Seed[] = [];
  const ids: string[] = [];
  beforeAll(async () => {
    for (let n = 0; n < 60; n += 1) {
      const seed: Seed = {
        customer: `c${n % 3}`,
        status: (['confirmed', 'delivered', 'returned', 'rejected'] as const)[n % 4] ?? 'confirmed',
        // Not in the order in which they come in, and some at the same time.
        placedAt: `2010-12-${String(1 + ((n * 7) % 20)).padStart(2, '0')}T12:00:00.000Z`,
        product: n % 5 === 0 ? mug : lamp,
      };
      seeds.push(seed);
      ids.push(await add(seed));
    }
  });

  const expected = (matches: (seed: Seed) => boolean): Set<string | undefined> =>
    new Set(seeds.flatMap((seed, at) => (matches(seed) ? [ids[at]] : [])));

  it.each<[string, Partial<OrderSearch>, (seed: Seed) => boolean]>([
    ['customer', { customer: 'c1' }, ({ customer }) => customer === 'c1'],
    ['state', { status: 'returned' }, ({ status }) => status === 'returned'],
    ['product', { product: mug }, ({ product }) => product === mug],
    ['day', { from: '2010-12-03', to: '2010-12-05' }, ({ placedAt }) => /12-0[345]/.test(placedAt)],
    ['time', { to: '2010-12-03T12:00:00.000Z' }, ({ placedAt }) => /12-0[12]/.test(placedAt)],
    [
      'state and day',
      { status: 'delivered', from: '2010-12-10' },
      ({ status, placedAt }) => status === 'delivered' && placedAt >= '2010-12-10',
    ],
    [
      'all of them',
      { customer: 'c0', status: 'confirmed', product: lamp, from: '2010-12-01', to: '2010-12-18' },
      ({ customer, status, product, placedAt }) =>
        customer === 'c0' && status === 'confirmed' && product === lamp && placedAt < '2010-12-19',
    ],
    [
      'product, state and day',
      { product: lamp, status: 'rejected', to: '2010-12-11' },
      ({ product, status, placedAt }) => product === lamp && status === 'rejected' && placedAt < '2010-12-12',
    ],
  ])('finds by %s exactly what meets it, each once, over all pages', async (_, criteria, matches) => {
    const found = await all({ ...criteria, limit: 3 });

    expect(found).toHaveLength(new Set(found).size);
    expect(new Set(found)).toEqual(expected(matches));
    expect(found.length).toBeGreaterThan(0);
  });

  it('gives the newest first, by when they were placed, and says whose they are', async () => {
    const { items } = await page({ status: 'returned' });

    const times = items.map(({ placedAt }) => placedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(items.map(({ customer }) => customer))).toEqual(new Set(['c0', 'c1', 'c2']));
  });

  it('neither skips nor repeats what was there, while orders come in', async () => {
    const first = await page({ product: mug, limit: 4 });
    await add({ customer: 'new', status: 'confirmed', placedAt: '2012-01-01T00:00:00.000Z', product: mug });
    const rest = await all({ product: mug, limit: 4, cursor: first.nextCursor ?? '' });

    expect(new Set([...first.items.map(({ id }) => id), ...rest])).toEqual(expected(({ product }) => product === mug));
  });

  it('S44: refuses cursors of other searches and periods that end before they begin', async () => {
    const { nextCursor } = await page({ status: 'returned', limit: 1 });

    await expect(page({ customer: 'c1', cursor: nextCursor ?? '' })).rejects.toThrow(InvalidValueError);
    await expect(page({ from: '2010-12-02', to: '2010-12-01' })).rejects.toThrow(InvalidValueError);
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

/** The plan that a prepared statement has for any values, and what it read. */
async function planOf({ text }: Statement, values: readonly string[]): Promise<{ nodes: Plan[]; blocks: number }> {
  return orders.database.transaction(async (tx) => {
    const run = <Row>(name: string, sql: string) => tx.query<Row>(statement(`test.${name}`, sql));
    const name = `plan_${randomUUID().replaceAll('-', '')}`;
    await run(`${name}.mode`, `SET LOCAL plan_cache_mode = force_generic_plan`);
    await run(`${name}.prepare`, `PREPARE ${name} AS ${text}`);
    const [row] = await run<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `${name}.explain`,
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${name} (${values.join(', ')})`,
    );
    const root = row?.['QUERY PLAN'][0]?.Plan;
    if (!root) throw new Error('no plan');
    const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
    return { nodes: flat(root), blocks: root['Shared Hit Blocks'] + root['Shared Read Blocks'] };
  });
}

describe('a page of orders', () => {
  const customer = randomUUID();
  const product = randomUUID();
  const NEW = "'ffffffff-ffff-ffff-ffff-ffffffffffff'";
  const ZERO = "'00000000-0000-0000-0000-000000000000'";
  const searches: [string, Statement, string[]][] = [
    ['the list of all', LIST_ALL, [NEW, '21']],
    ["the list of a customer's", LIST_MINE, [`'${customer}'`, NEW, '21']],
    ['a state', SEARCH_STATES, ["'{delivered}'", "'-infinity'", "'infinity'", ZERO, '21']],
    ['a week', SEARCH_STATES, ["'{pending,confirmed,delivered,refunded}'", "'2015-01-01'", "'2015-01-08'", ZERO, '21']],
    ['a customer', SEARCH_CUSTOMER, [`'${customer}'`, NEW, 'null', "'-infinity'", "'infinity'", '21', 'null']],
    ['a product', SEARCH_PRODUCT, [`'${product}'`, NEW, 'null', "'-infinity'", "'infinity'", '21']],
    [
      'a rare state of a product',
      SEARCH_PRODUCT,
      [`'${product}'`, NEW, "'refunded'", "'-infinity'", "'infinity'", '21'],
    ],
  ];
  let sql: Client;
  beforeAll(async () => {
    sql = new Client({ connectionString: orders.url });
    await sql.connect();
    // The table is filled without its checks of every row: they are not what is looked at.
    await sql.query("SET session_replication_role = 'replica'");
  });
  afterAll(() => sql.end());
  const grow = async (count: number): Promise<void> => {
    await sql.query(
      `WITH o AS (
         INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
         SELECT gen_random_uuid(), CASE WHEN n % 4 = 0 THEN $2 ELSE 'other-' || n % 1000 END,
           CASE WHEN n % 2 = 0 THEN 'confirmed' ELSE 'delivered' END, 'GBP', 1, 'tok_visa',
           timestamptz '2010-01-01' + n % 4000 * interval '1 day' + n * interval '1 second'
         FROM generate_series(1, $1::int) n RETURNING id)
       INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
       SELECT id, 1, $3, 'S', 'N', 1, 1 FROM o`,
      [count, customer, product],
    );
    await sql.query('VACUUM ANALYZE orders, order_line');
  };
  /** A fraction of a million, which `npm run bench` has: what is read must not depend on it. */
  const [SMALL, MORE] = [4_000, 36_000];

  it('R10: reads no table as a whole and no more at ten times the orders, by any criterion', async () => {
    await grow(SMALL);
    const small = [];
    for (const [, statement, values] of searches) small.push(await planOf(statement, values));
    await grow(MORE);

    for (const [at, [name, statement, values]] of searches.entries()) {
      const { nodes, blocks } = await planOf(statement, values);
      const scans = nodes.filter((node) => node['Relation Name'] !== undefined);
      const looked = Math.max(...scans.map((node) => node['Actual Rows'] * node['Actual Loops']));
      const before = small[at]?.blocks ?? 0;
      expect({ name, whole: scans.filter((node) => node['Node Type'] === 'Seq Scan') }).toEqual({ name, whole: [] });
      expect({ name, looked, most: looked <= LOOKED_AT }).toEqual({ name, looked, most: true });
      expect({ name, before, blocks, flat: blocks <= 2 * before + 50 }).toMatchObject({ name, flat: true });
    }
  });
});
