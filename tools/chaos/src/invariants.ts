import pg from 'pg';
import type { RunningStore } from '@lethe/store';
import { cartsRemember } from './checkers/carts-remember.js';
import { ordersGoForward } from './checkers/orders-forward.js';
import type { History, Violation } from './history.js';

/** One invariant, how many things it was held against, and how many broke it. */
export interface Check {
  readonly invariant: string;
  readonly checked: number;
  readonly violations: number;
}

/** The databases of the store, read only after everything has come to rest. */
export interface Books {
  readonly orders: pg.Client;
  readonly catalog: pg.Client;
  readonly analytics: pg.Client;
}

/** Opens the books, hands them to the work and closes them. */
export async function withBooks<T>(store: RunningStore, work: (books: Books) => Promise<T>): Promise<T> {
  const open = async (service: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: store.databaseUrl(service), connectionTimeoutMillis: 5_000 });
    await client.connect();
    return client;
  };
  const [orders, catalog, analytics] = await Promise.all([open('orders'), open('catalog'), open('analytics')]);
  try {
    return await work({ orders, catalog, analytics });
  } finally {
    await Promise.all([orders.end(), catalog.end(), analytics.end()]);
  }
}

/** Whether nothing is on its way any more: every order has ended, every outbox is empty. */
export async function isAtRest({ orders, catalog }: Books): Promise<boolean> {
  const open = await orders.query(
    "SELECT 1 FROM orders WHERE status NOT IN ('confirmed', 'rejected', 'cancelled') LIMIT 1",
  );
  const outboxes = await Promise.all([orders, catalog].map((client) => client.query('SELECT 1 FROM outbox LIMIT 1')));
  const reserved = await catalog.query('SELECT 1 FROM stock WHERE reserved > 0 LIMIT 1');
  return [open, ...outboxes, reserved].every(({ rowCount }) => rowCount === 0);
}

type Rows = Record<string, string | number | null>[];

async function rowsOf(client: pg.Client, sql: string): Promise<Rows> {
  return (await client.query<Record<string, string | number | null>>(sql)).rows;
}

/**
 * Holds C1-C8 of the reliability list against the books and the buyers' history. C6 and C7 were watched while the
 * buyers were at work; what they saw is in the history.
 */
export async function checkInvariants(
  store: RunningStore,
  books: Books,
  history: History,
  peeks: number,
): Promise<{ checks: Check[]; violations: Violation[] }> {
  const found: Violation[] = [...history.violations];
  const counts = new Map<string, number>();
  const hold = (invariant: string, checked: number, breaches: readonly string[]): void => {
    counts.set(invariant, (counts.get(invariant) ?? 0) + checked);
    found.push(...breaches.map((detail) => ({ invariant, detail })));
  };
  const placed = await rowsOf(books.orders, 'SELECT id, status, customer_id, total::float8 AS total FROM orders');
  hold('C1', history.purchases.length, acknowledgedOrders(history, placed));
  hold('C2', placed.length, await effectsPerConsumer(books, placed));
  hold('C3', ...(await conservedStock(books)));
  hold('C4', placed.length, await historiesInOrder(books));
  hold('C5', placed.length, await paymentsMatch(store, books));
  hold('C6', history.signOuts, []);
  hold('C7', peeks, []);
  hold('C8', ...(await countedOnce(books, history)));
  const { operations } = history;
  hold('C4', operations.filter(({ outcome }) => outcome === 'ok').length, ordersGoForward(operations));
  hold('C9', operations.filter(({ kind }) => kind === 'read-cart').length, cartsRemember(operations));
  const checks = [...counts].map(([invariant, checked]) => ({
    invariant,
    checked,
    violations: found.filter((violation) => violation.invariant === invariant).length,
  }));
  return { checks, violations: found };
}

/** C1: an acknowledged order exists, with the total acknowledged; and no key made a second one. */
function acknowledgedOrders({ purchases }: History, placed: Rows): string[] {
  const totals = new Map(placed.map(({ id, total }) => [String(id), total]));
  const missing = purchases
    .filter(({ outcome, orderId, total }) => outcome === 'acknowledged' && totals.get(orderId ?? '') !== total)
    .map(({ key, orderId }) => `order ${orderId} of key ${key} is gone or has another total`);
  const known = new Set(purchases.map(({ orderId }) => orderId));
  const strangers = placed.filter(({ id }) => !known.has(String(id))).length;
  const unknown = purchases.filter(({ outcome }) => outcome === 'unknown').length;
  // An order whose acknowledgement never arrived may exist, but not more of them than there were such requests.
  return strangers > unknown
    ? [...missing, `${strangers} orders exist that nobody was told of; only ${unknown} requests had no answer`]
    : missing;
}

/** C2: each order has had exactly one effect in catalog and in analytics. */
async function effectsPerConsumer({ catalog, analytics }: Books, placed: Rows): Promise<string[]> {
  const reservations = await rowsOf(catalog, 'SELECT order_id, state FROM reservation_state');
  const facts = await rowsOf(analytics, 'SELECT order_id, outcome::text AS status FROM order_fact');
  const states = new Map(reservations.map(({ order_id, state }) => [String(order_id), String(state)]));
  const statuses = new Map(facts.map(({ order_id, status }) => [String(order_id), String(status)]));
  const expected: Readonly<Record<string, readonly string[]>> = {
    confirmed: ['sold'],
    rejected: ['rejected', 'released'],
    cancelled: ['released', 'rejected'],
  };
  return placed.flatMap(({ id, status }) => {
    const faults: string[] = [];
    const state = states.get(String(id));
    if (!expected[String(status)]?.includes(state ?? ''))
      faults.push(`order ${id} is ${status}, its reservation ${state ?? 'absent'}`);
    if (statuses.get(String(id)) !== status)
      faults.push(`order ${id} is ${status}, in analytics ${statuses.get(String(id)) ?? 'absent'}`);
    return faults;
  });
}

/** C3: no unit appears or vanishes, and what catalog sold is what orders confirmed. */
async function conservedStock({ catalog, orders }: Books): Promise<[number, string[]]> {
  const stock = await rowsOf(
    catalog,
    'SELECT product_id, available + reserved + sold - initial - adjusted AS astray, sold::float8 AS sold, available::float8 AS available FROM stock',
  );
  const sold = await rowsOf(
    orders,
    `SELECT l.product_id, sum(l.quantity)::float8 AS units FROM order_line l JOIN orders o ON o.id = l.order_id
     WHERE o.status = 'confirmed' GROUP BY l.product_id`,
  );
  const units = new Map(sold.map((row) => [String(row['product_id']), row['units']]));
  const faults = stock.flatMap((row) => {
    const id = String(row['product_id']);
    const expected = units.get(id) ?? 0;
    return [
      ...(Number(row['astray']) === 0 ? [] : [`product ${id}: ${row['astray']} units astray`]),
      ...(Number(row['available']) < 0 ? [`product ${id} is oversold`] : []),
      ...(row['sold'] === expected ? [] : [`product ${id}: catalog sold ${row['sold']}, orders confirmed ${expected}`]),
    ];
  });
  return [stock.length, faults];
}

/** C4: an order's states follow each other as the transition table allows. */
async function historiesInOrder({ orders }: Books): Promise<string[]> {
  const legal = new Set([
    'pending,reserved,paid,confirmed',
    'pending,rejected',
    'pending,reserved,rejected',
    'pending,cancelled',
    'pending,reserved,cancelled',
  ]);
  const paths = await rowsOf(
    orders,
    "SELECT order_id, string_agg(status, ',' ORDER BY version) AS path FROM order_history GROUP BY order_id",
  );
  return paths
    .filter(({ path }) => !legal.has(String(path)))
    .map(({ order_id, path }) => `order ${order_id} went ${path}`);
}

/** C5: money was taken if and only if the order is confirmed; the provider's books say the same. */
async function paymentsMatch(store: RunningStore, { orders }: Books): Promise<string[]> {
  const rows = await rowsOf(
    orders,
    `SELECT o.id, o.status, p.status AS payment FROM orders o LEFT JOIN payment p ON p.order_id = o.id
     WHERE (o.status = 'confirmed') <> (coalesce(p.status, '') = 'captured')`,
  );
  const faults = rows.map(({ id, status, payment }) => `order ${id} is ${status}, its payment ${payment ?? 'absent'}`);
  const paid = await rowsOf(orders, 'SELECT id, status FROM orders');
  for (const { id, status } of paid) {
    const charges = await chargesOf(store, String(id));
    const taken = charges.filter(({ status: charge }) => charge === 'succeeded').length;
    if (taken !== (status === 'confirmed' ? 1 : 0))
      faults.push(`order ${id} is ${status}, the provider holds ${taken} charges`);
  }
  return faults;
}

async function chargesOf(store: RunningStore, reference: string): Promise<{ status: string }[]> {
  const answer = await fetch(`${store.paymentUrl}/v1/charges?reference=${reference}`, {
    signal: AbortSignal.timeout(5_000),
  });
  const body: unknown = await answer.json();
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) {
    throw new TypeError(`the payment provider answered ${JSON.stringify(body)}`);
  }
  return body.data as { status: string }[];
}

/** C8: each accepted click, and each confirmed order, is counted once. */
async function countedOnce({ analytics, orders }: Books, { clicks }: History): Promise<[number, string[]]> {
  const counted = new Set((await rowsOf(analytics, 'SELECT id FROM click')).map(({ id }) => String(id)));
  const faults = [...clicks]
    .filter((id) => !counted.has(id))
    .map((id) => `click ${id} was accepted and is not counted`);
  const [fact] = await rowsOf(
    analytics,
    "SELECT count(*)::int AS orders, coalesce(sum(amount), 0)::float8 AS revenue FROM order_fact WHERE outcome = 'confirmed'",
  );
  const [book] = await rowsOf(
    orders,
    "SELECT count(*)::int AS orders, coalesce(sum(total), 0)::float8 AS revenue FROM orders WHERE status = 'confirmed'",
  );
  if (fact?.['orders'] !== book?.['orders'] || fact?.['revenue'] !== book?.['revenue']) {
    faults.push(`analytics shows ${JSON.stringify(fact)}, orders hold ${JSON.stringify(book)}`);
  }
  return [clicks.size, faults];
}
