import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { placedOrderSchema, productSchema } from '@lethe/contracts';
import { type RunningStore, StoreClient, startStore } from '@lethe/store';
import pg from 'pg';
import { UnfairRunError } from '../bench.errors.js';
import type { PartRow, SuitePart } from '../report/part-report.js';
import { median, percentile } from '../report/statistics.js';
import { figure } from '../report/table.js';
import { type BareHops, HOPS, type Hop, openBareHops } from './bare-hops.js';
import { type OpenWork, openWorkOf } from './store-at-rest.js';

const PRODUCTS = 20;
const AT_ONCE = 16;
const ADMIN = 'admin@lethe.local';
const PATIENCE_MS = 120_000;
/** What is not in queues, as numbers that are made ready, is done meanwhile. */
const REST_MS = 5_000;
const EXTENT = { full: { rush: 1_500, loadMs: 15_000 }, quick: { rush: 300, loadMs: 6_000 } };

const kinds = Object.keys(HOPS) as Hop[];
const HOW = `The whole store as \`npm start\` runs it, one replica of each service, on one machine. First a rush: orders of two lines as fast as
${AT_ONCE} connections place them, until the last is confirmed and no message is left of what follows on it (receipts, numbers, the warehouse):
that is the load it can carry without falling behind. Then, at rest, half of it, evenly spaced; the time of
an order is that from its first row of history, which is committed with the 202, to \`confirmed\`, by the clock of the database. The
bare hops are done at the same rate by hand, in one process beside the resting store, with its servers, each order's in turn:
${kinds.map((kind) => `${HOPS[kind].times} × ${HOPS[kind].what}`).join('; ')}. Their sum is that of the medians, each as often as there is one.`;

interface Ground {
  readonly store: RunningStore;
  readonly orders: pg.Client;
  readonly work: OpenWork;
  readonly place: () => Promise<string>;
}

async function buyer(store: RunningStore): Promise<() => Promise<string>> {
  const admin = new StoreClient({ baseUrl: store.url });
  await admin.signIn(ADMIN, store.adminPassword);
  const ids: string[] = [];
  for (let at = 0; at < PRODUCTS; at += 1) {
    const body = {
      sku: `BENCH-${at}`,
      name: `Bench ${at}`,
      price: { amount: 255, currency: 'GBP' },
      available: 1_000_000,
    };
    ids.push((await admin.post('/catalog/products', productSchema, { body })).id);
  }
  let turn = 0;
  return async () => {
    turn += 1;
    const items = [turn, turn + 7].map((at) => ({ productId: ids[at % PRODUCTS] ?? '', quantity: 1 }));
    const body = { items, paymentToken: 'tok_visa' };
    return (await admin.post('/orders', placedOrderSchema, { body, idempotencyKey: randomUUID() })).id;
  };
}

const OPEN = `SELECT count(*)::int AS open FROM orders WHERE status IN ('pending', 'reserved', 'paid')`;
const TIMES = `SELECT extract(epoch FROM c.at - p.at)::float8 * 1000 AS ms
  FROM order_history p JOIN order_history c ON c.order_id = p.order_id AND c.status = 'confirmed'
  WHERE p.status = 'pending' AND p.order_id = ANY ($1::uuid[])`;

/** Waits until all of them have ended; gives how long each took, in milliseconds. */
async function confirmed({ orders }: Ground, ids: readonly string[]): Promise<number[]> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await orders.query<{ open: number }>(OPEN);
    if (rows[0]?.open === 0) break;
    if (performance.now() > until) throw new UnfairRunError(`${rows[0]?.open} orders are not confirmed`);
    await pause(50);
  }
  const { rows } = await orders.query<{ ms: number }>(TIMES, [ids]);
  if (rows.length !== ids.length) throw new UnfairRunError(`${ids.length - rows.length} orders came to another end`);
  return rows.map(({ ms }) => ms);
}

/** As many as there are at once; gives orders per second until all that they led to is done. */
async function rush(ground: Ground, count: number): Promise<number> {
  const began = Date.now();
  const ids: string[] = [];
  const some = async (): Promise<void> => {
    for (let at = 0; at < count / AT_ONCE; at += 1) ids.push(await ground.place());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  await confirmed(ground, ids);
  await ground.work.done();
  return (ids.length / (Date.now() - began)) * 1_000;
}

/** Begins the work so many times a second for so long, whatever became of it before; gives what each came to. */
async function atRate<T>(perSecond: number, ms: number, work: () => Promise<T>): Promise<T[]> {
  const began = performance.now();
  const results: Promise<T>[] = [];
  for (let at = 0; at < (perSecond * ms) / 1_000; at += 1) {
    const wait = began + (at * 1_000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    results.push(work());
  }
  return Promise.all(results);
}

const row = (contender: string, times: readonly number[], perSecond: number): PartRow => ({
  contender,
  operationsPerSecond: perSecond,
  cpuMicros: Number.NaN,
  medianMs: median(times),
  p99Ms: percentile(
    times.toSorted((a, b) => a - b),
    99,
  ),
});

/** The hops at that rate, a row each. */
async function hopRows(hops: BareHops, perSecond: number, ms: number): Promise<PartRow[]> {
  await atRate(perSecond, ms / 4, hops.order);
  const took = await atRate(perSecond, ms, hops.order);
  return kinds.map((kind) =>
    row(
      `bare hop: ${kind}`,
      took.flatMap((one) => one[kind]),
      perSecond * HOPS[kind].times,
    ),
  );
}

async function measure(ground: Ground, { rush: count, loadMs }: (typeof EXTENT)['full']) {
  const { store, orders, place } = ground;
  // The first orders find code that is not compiled and connections that are not there.
  await rush(ground, count);
  const most = await rush(ground, count);
  const half = most / 2;
  await pause(REST_MS);
  const ids = await atRate(half, loadMs, place);
  const times = await confirmed(ground, ids);
  await ground.work.done();
  await pause(REST_MS);
  const hops = await openBareHops({
    region: store.awsEnv['AWS_REGION'] ?? '',
    databaseUrl: store.databaseUrl('orders'),
    paymentUrl: store.paymentUrl,
  });
  try {
    const rows = await hopRows(hops, half, loadMs);
    const sum = kinds.reduce((all, kind, at) => all + HOPS[kind].times * (rows[at]?.medianMs ?? Number.NaN), 0);
    const claim = 'Median from 202 to confirmed at half load, to the sum of the bare hops';
    return {
      rows: [row(`an order, at half of ${figure(most)} a second`, times, half), ...rows],
      bounds: [{ claim, unit: '×' as const, atMost: 4, measured: median(times) / sum }],
    };
  } finally {
    await hops.stop();
    await orders.query('DROP TABLE hop_inbox, hop_order, hop_history, hop_outbox');
  }
}

/** How long an order is on its way. */
export const confirmationPart: SuitePart = {
  name: 'confirmation',
  run: async ({ quick }) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lethe-bench-orders-'));
    const store = await startStore({ dataDir, port: 0, replicas: 1, fresh: true, seed: false, logLevel: 'warn' });
    try {
      Object.assign(process.env, store.awsEnv);
      const orders = new pg.Client({ connectionString: store.databaseUrl('orders') });
      await orders.connect();
      const work = await openWorkOf(store);
      const ground = { store, orders, work, place: await buyer(store) };
      const found = await measure(ground, quick ? EXTENT.quick : EXTENT.full);
      await work.stop();
      await orders.end();
      return { title: 'From 202 to confirmed', how: HOW, ...found };
    } finally {
      await store.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};
