import pg from 'pg';
import type { RunningStore } from '@lethe/store';
import { cartsRemember } from './checkers/carts-remember.js';
import { ordersGoForward } from './checkers/orders-forward.js';
import { providerBooks } from './checkers/provider-books.js';
import type { History, Violation } from './history.js';
import { SOLD, UNDER_WAY, firstIllegalStep } from './order-paths.js';

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

/** Whether nothing is on its way any more: no order waits for a message, no money for the provider, every outbox is empty. */
export async function isAtRest({ orders, catalog }: Books): Promise<boolean> {
  const open = await orders.query('SELECT 1 FROM orders WHERE status = ANY ($1) LIMIT 1', [UNDER_WAY]);
  const owed = await orders.query("SELECT 1 FROM refund WHERE status = 'requested' LIMIT 1");
  const outboxes = await Promise.all([orders, catalog].map((client) => client.query('SELECT 1 FROM outbox LIMIT 1')));
  const reserved = await catalog.query('SELECT 1 FROM stock WHERE reserved > 0 LIMIT 1');
  return [open, owed, ...outboxes, reserved].every(({ rowCount }) => rowCount === 0);
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
    ...Object.fromEntries(SOLD.map((status) => [status, ['sold']])),
    rejected: ['rejected', 'released'],
    cancelled: ['released', 'rejected'],
  };
  return placed.flatMap(({ id, status }) => {
    const faults: string[] = [];
    const state = states.get(String(id));
    if (!expected[String(status)]?.includes(state ?? ''))
      faults.push(`order ${id} is ${status}, its reservation ${state ?? 'absent'}`);
    if (statuses.get(String(id)) !== (SOLD.includes(String(status)) ? 'confirmed' : status))
      faults.push(`order ${id} is ${status}, in analytics ${statuses.get(String(id)) ?? 'absent'}`);
    return faults;
  });
}

/** C3: no unit appears or vanishes, and what catalog sold is what orders sold less what came back. */
async function conservedStock({ catalog, orders }: Books): Promise<[number, string[]]> {
  const stock = await rowsOf(
    catalog,
    'SELECT product_id, available + reserved + sold - initial - adjusted AS astray, sold::float8 AS sold, available::float8 AS available FROM stock',
  );
  const sold = await rowsOf(
    orders,
    `SELECT l.product_id, sum(l.quantity - l.returned)::float8 AS units
     FROM order_line l JOIN orders o ON o.id = l.order_id
     WHERE o.status IN ('${SOLD.join("', '")}') GROUP BY l.product_id`,
  );
  const units = new Map(sold.map((row) => [String(row['product_id']), row['units']]));
  const faults = stock.flatMap((row) => {
    const id = String(row['product_id']);
    const expected = units.get(id) ?? 0;
    return [
      ...(Number(row['astray']) === 0 ? [] : [`product ${id}: ${row['astray']} units astray`]),
      ...(Number(row['available']) < 0 ? [`product ${id} is oversold`] : []),
      ...(row['sold'] === expected ? [] : [`product ${id}: catalog sold ${row['sold']}, orders ${expected}`]),
    ];
  });
  return [stock.length, faults];
}

/** C4: an order's states follow each other as the transition table allows. */
async function historiesInOrder({ orders }: Books): Promise<string[]> {
  const paths = await rowsOf(
    orders,
    "SELECT order_id, string_agg(status, ',' ORDER BY version) AS path FROM order_history GROUP BY order_id",
  );
  return paths.flatMap(({ order_id: id, path }) => {
    const step = firstIllegalStep(String(path).split(','));
    return step === undefined ? [] : [`order ${id} went ${path}, which ${step} does not permit`];
  });
}

/**
 * C5: money was taken if and only if the order is paid, once, and as much as it costs less its refunds; the provider's
 * books say the same, and nothing is left set aside.
 */
async function paymentsMatch(store: RunningStore, { orders }: Books): Promise<string[]> {
  const books = await providerBooks(store);
  const rows = await rowsOf(
    orders,
    `SELECT o.id, o.status, o.total::float8 AS total, p.status AS payment, coalesce((
       SELECT sum(amount) FROM refund r WHERE r.order_id = o.id AND r.status = 'succeeded'), 0)::float8 AS refunded
     FROM orders o LEFT JOIN payment p ON p.order_id = o.id`,
  );
  return rows.flatMap(({ id, status, total, payment, refunded }) => {
    const isPaid = SOLD.includes(String(status));
    const due = isPaid ? Number(total) - Number(refunded) : 0;
    const { captures, kept, setAside } = books.get(String(id)) ?? { captures: 0, kept: 0, setAside: 0 };
    const faults: string[] = [];
    if (isPaid !== (payment === 'captured')) faults.push(`its payment is ${payment ?? 'absent'}`);
    if (kept !== due) faults.push(`the provider holds ${kept}, not ${due}`);
    if (captures > 1) faults.push(`the provider took the money ${captures} times`);
    if (setAside > 0) faults.push(`the provider still sets ${setAside} aside`);
    return faults.map((fault) => `order ${id} is ${status}, ${fault}`);
  });
}

/** C8: each accepted click, and each confirmed order, is counted once. */
async function countedOnce({ analytics, orders }: Books, { clicks }: History): Promise<[number, string[]]> {
  const counted = new Set((await rowsOf(analytics, 'SELECT id FROM click')).map(({ id }) => String(id)));
  const faults = [...clicks]
    .filter((id) => !counted.has(id))
    .map((id) => `click ${id} was accepted and is not counted`);
  const [fact] = await rowsOf(
    analytics,
    `SELECT count(*)::int AS orders, coalesce(sum(amount), 0)::float8 AS revenue, (
       SELECT coalesce(sum(amount), 0)::float8 FROM order_refund_fact) AS refunded
     FROM order_fact WHERE outcome = 'confirmed'`,
  );
  const [book] = await rowsOf(
    orders,
    `SELECT count(*)::int AS orders, coalesce(sum(total), 0)::float8 AS revenue, (
       SELECT coalesce(sum(amount), 0)::float8 FROM refund WHERE status = 'succeeded') AS refunded
     FROM orders WHERE status IN ('${SOLD.join("', '")}')`,
  );
  if (JSON.stringify(fact) !== JSON.stringify(book)) {
    faults.push(`analytics shows ${JSON.stringify(fact)}, orders hold ${JSON.stringify(book)}`);
  }
  return [clicks.size, faults];
}
