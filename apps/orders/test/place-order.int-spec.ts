import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { eventually } from '@lethe/testing';
import pg from 'pg';
import { PlaceOrderOnce } from '../src/order/place/place-order.js';
import { type Answer, OrdersApp } from './orders-app.js';

/** An advisory lock that stops whoever places an order in the middle of the statement, its key claimed. */
const GATE = 4_711;

let store: OrdersApp;
let lamp: string;
let chair: string;

beforeAll(async () => {
  store = await OrdersApp.start();
  lamp = store.catalog.add(255);
  chair = store.catalog.add(10_000, 'GBP', 'Chair');
  await store.orders.run(
    `CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
     'BEGIN PERFORM pg_advisory_xact_lock_shared(${GATE}); RETURN NEW; END'`,
  );
  await store.orders.run('CREATE TRIGGER gate BEFORE INSERT ON order_history FOR EACH ROW EXECUTE FUNCTION gate()');
});
afterAll(() => store.stop());

const basket = (...items: [string, number][]) => ({
  items: items.map(([productId, quantity]) => ({ productId, quantity })),
  paymentToken: 'tok_visa',
});
const place = (as: string, key: string | readonly string[] | undefined, body: unknown = basket([lamp, 2])) =>
  store.call('POST', '/orders', { as, body, ...(key === undefined ? {} : { key }) });
const problem = (status: number, pointer?: string) => ({
  status,
  body: expect.objectContaining({
    type: expect.stringMatching(/^urn:lethe:problem:/),
    ...(pointer === undefined ? {} : { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
  }),
});

/** A connection of its own that can stand in the way of the service. */
async function beside<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: store.orders.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
const blockedStatement = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
  );
  const [row] = rows;
  if (!row) throw new Error('nothing waits yet');
  return row.pid;
};

describe('POST /orders', () => {
  it('answers 202 with id, status and total, and says where the order is', async () => {
    const as = randomUUID();

    const answer = await place(as, 'k1', basket([lamp, 2], [chair, 1], [lamp, 1]));

    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/orders/${answer.body.id}` },
      body: { status: 'pending', total: { amount: 10_765, currency: 'GBP' } },
    });
    expect((await store.call('GET', `/orders/${answer.body.id}`, { as })).body).toMatchObject({
      id: answer.body.id,
      status: 'pending',
      items: [
        { productId: lamp, name: 'Lamp', quantity: 3, unitPrice: { amount: 255, currency: 'GBP' } },
        { productId: chair, name: 'Chair', quantity: 1 },
      ],
      history: [{ status: 'pending' }],
    });
  });

  it('R24: sets the time-out of its first step in the same statement', async () => {
    const { body } = await place(randomUUID(), randomUUID());

    const [timer] = await store.orders.run<{ seconds: number }>(
      `SELECT extract(epoch FROM s.deliver_at - now())::int AS seconds FROM orders o
       JOIN outbox_scheduled s ON s.id = o.timer_id AND s.deliver_at = o.due_at AND s.key = o.id::text
       WHERE o.id = $1`,
      [body.id],
    );
    expect(timer?.seconds).toBeGreaterThan(110);
    expect(timer?.seconds).toBeLessThanOrEqual(120);
  });

  it('passes the trace on to the catalogue (R35)', async () => {
    await place(randomUUID(), 'k');

    expect(store.catalog.traceparents.at(-1)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('points at products that do not exist and at prices in several currencies', async () => {
    const as = randomUUID();
    const euro = store.catalog.add(1, 'EUR');

    expect(await place(as, 'k', basket([lamp, 1], [randomUUID(), 1]))).toMatchObject(
      problem(422, '/items/1/productId'),
    );
    expect(await place(as, 'k', basket([lamp, 1], [euro, 1]))).toMatchObject(problem(422, '/items'));
    expect(await place(as, 'k', basket([lamp, 1_000_000], [lamp, 1]))).toMatchObject(problem(422, '/items/1/quantity'));
    expect(await store.orders.ordersOf(as)).toBe(0);
  });

  it.each([
    ['nothing', {}, '/paymentToken'],
    ['no items', { items: [], paymentToken: 'tok_visa' }, '/items'],
    ['a quantity of zero', basket([randomUUID(), 0]), '/items/0/quantity'],
    ['a fraction', basket([randomUUID(), 1.5]), '/items/0/quantity'],
    [
      'a text for a number',
      { items: [{ productId: randomUUID(), quantity: '1' }], paymentToken: 'tok_visa' },
      '/items/0/quantity',
    ],
    ['an id that is no UUID', basket(['lamp', 1]), '/items/0/productId'],
    ['an unknown member', { ...basket([randomUUID(), 1]), price: 1 }, '/price'],
    ['a bad payment token', { ...basket([randomUUID(), 1]), paymentToken: '4242' }, '/paymentToken'],
    ['a bad time', { ...basket([randomUUID(), 1]), placedAt: 'yesterday' }, '/placedAt'],
  ])('answers 400 and points at the fault: %s', async (_, body, pointer) => {
    const answer = await place(randomUUID(), 'k', body);

    expect(answer).toMatchObject(problem(400, pointer));
  });

  it('lets an admin say when an order was placed, not others, and not in the future', async () => {
    const placedAt = '2010-12-01T08:26:00Z';
    const as = randomUUID();
    const backdate = (roles: string[], at: string) =>
      store.call('POST', '/orders', { as, roles, key: at, body: { ...basket([lamp, 1]), placedAt: at } });

    expect(await backdate(['customer'], placedAt)).toMatchObject(problem(403, '/placedAt'));
    expect(await backdate(['admin'], '2999-01-01T00:00:00Z')).toMatchObject(problem(400, '/placedAt'));
    const { status, body } = await backdate(['admin'], placedAt);
    expect(status).toBe(202);
    expect((await store.call('GET', `/orders/${body.id}`, { as })).body).toMatchObject({
      placedAt: '2010-12-01T08:26:00.000Z',
    });
  });

  it('answers 401 without a token', async () => {
    const { status } = await fetch(`${store.url}/orders`, { method: 'POST' });

    expect(status).toBe(401);
  });
});

describe('the catalogue', () => {
  it.each([[502], [503], ['drop' as const]])('is asked once more after %p', async (failure) => {
    store.catalog.failures = [failure];

    expect((await place(randomUUID(), 'k')).status).toBe(202);
  });

  it('R08: when down fails orders fast with 503 and retry-after, and nothing is written', async () => {
    const as = randomUUID();
    store.catalog.failures = Array.from({ length: 40 }, () => 'drop' as const);
    const answers: Answer[] = [];
    for (let at = 0; at < 20; at += 1) answers.push(await place(as, `k${at}`));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(answers[0]?.headers).toHaveProperty('retry-after');
    expect(store.catalog.failures.length).toBeGreaterThan(20);
    expect(await store.orders.ordersOf(as)).toBe(0);

    store.catalog.failures = [];
    await eventually(async () => expect((await place(as, 'k0')).status).toBe(202));
  });
});

describe('the idempotency contract of POST /orders', () => {
  it('I1: answers 400 without a key, and executes nothing', async () => {
    const as = randomUUID();

    expect(await place(as, undefined)).toMatchObject(problem(400, '#header/idempotency-key'));
    expect(await store.orders.ordersOf(as)).toBe(0);
  });

  it.each([
    ['of 256 characters', 'x'.repeat(256)],
    ['with a space', 'a b'],
    ['beyond ASCII', 'ü'],
    ['with a comma', 'a,b'],
    ['of no character', ''],
  ])('I2: answers 400 to a key %s', async (_, key) => {
    expect(await place(randomUUID(), key)).toMatchObject({ status: 400 });
  });

  it('I2: answers 400 to two keys', async () => {
    const { status } = await place(randomUUID(), ['k1', 'k2']);

    expect(status).toBe(400);
  });

  it('I3, I4: executes the first use and replays its answer, catalogue down or not', async () => {
    const as = randomUUID();
    const first = await place(as, 'k');
    const asked = store.catalog.requests;
    const stock = store.catalog.products.get(lamp);
    store.catalog.products.delete(lamp);

    const again = await place(as, 'k');

    if (stock) store.catalog.products.set(lamp, stock);
    expect(again).toMatchObject({ status: 202, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(store.catalog.requests).toBe(asked);
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I5: answers 422 to the key of another order, and takes members in any order for the same', async () => {
    const as = randomUUID();
    await place(as, 'k');

    expect(await place(as, 'k', basket([lamp, 3]))).toMatchObject(problem(422));
    expect((await place(as, 'k', { paymentToken: 'tok_visa', items: [{ quantity: 2, productId: lamp }] })).status).toBe(
      202,
    );
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I6: makes one order of 50 concurrent requests with one key', async () => {
    const as = randomUUID();

    const answers = await Promise.all(Array.from({ length: 50 }, () => place(as, 'k')));

    const placed = answers.filter(({ status }) => status === 202);
    expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
    expect(placed.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 202);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(refused.length > 0 ? [409] : []));
    expect(refused.every(({ headers }) => headers['retry-after'] !== undefined)).toBe(true);
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I6: answers 409 with retry-after while the first is at work', async () => {
    const as = randomUUID();
    const [first, second] = await beside(async (client) => {
      await client.query('SELECT pg_advisory_lock($1)', [GATE]);
      const running = place(as, 'k');
      await eventually(() => blockedStatement(client));
      const refused = await place(as, 'k');
      await client.query('SELECT pg_advisory_unlock($1)', [GATE]);
      return [await running, refused] as const;
    });

    expect(second).toMatchObject({ ...problem(409), headers: { 'retry-after': expect.any(String) } });
    expect(first.status).toBe(202);
    expect(await place(as, 'k')).toMatchObject({ status: 202, body: first.body });
  });

  it('I7: does not store a refusal, so that a corrected request may use the key', async () => {
    const as = randomUUID();
    expect((await place(as, 'k', { items: [] })).status).toBe(400);
    expect((await place(as, 'k', basket([randomUUID(), 1]))).status).toBe(422);

    const corrected = await place(as, 'k');

    expect(corrected.status).toBe(202);
    expect(corrected.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('I8: frees the key where the transaction was rolled back', async () => {
    const as = randomUUID();
    await store.orders.run(`ALTER TABLE order_history ADD CONSTRAINT broken CHECK (status <> 'pending') NOT VALID`);
    const failed = await place(as, 'k');
    await store.orders.run('ALTER TABLE order_history DROP CONSTRAINT broken');

    expect(failed.status).toBe(500);
    expect(JSON.stringify(failed.body)).not.toMatch(/order_history|broken/);
    expect((await place(as, 'k')).status).toBe(202);
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I9: executes once when the first died between claim and commit', async () => {
    const as = randomUUID();
    const died = await beside(async (client) => {
      await client.query('SELECT pg_advisory_lock($1)', [GATE]);
      const running = place(as, 'k');
      const pid = await eventually(() => blockedStatement(client));
      await client.query('SELECT pg_terminate_backend($1)', [pid]);
      await client.query('SELECT pg_advisory_unlock($1)', [GATE]);
      return running;
    });

    expect(died.status).toBe(503);
    const retried = await place(as, 'k');
    expect(retried.status).toBe(202);
    expect(retried.headers).not.toHaveProperty('idempotency-replayed');
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I10: gives the stored answer when the first was committed and its answer lost', async () => {
    const as = randomUUID();
    const body = basket([lamp, 2]);
    const command = new PlaceOrderOnce({ id: as, mayBackdate: false }, 'k', { ...body });
    const lost = await store.app.get(CommandBus).execute(command);

    expect(await place(as, 'k', body)).toMatchObject({ status: 202, body: lost.response.body });
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I11: takes a key older than its retention for a new one', async () => {
    const as = randomUUID();
    const first = await place(as, 'k');
    await store.orders.run(`UPDATE idempotency_key SET expires_at = now() - interval '1 second'`);

    const second = await place(as, 'k');

    expect(second.status).toBe(202);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('I12: keeps the keys of two customers apart', async () => {
    const mine = await place(randomUUID(), 'shared');
    const other = randomUUID();

    expect(await place(other, 'shared', basket([chair, 1]))).toMatchObject({ status: 202 });
    expect((await place(other, 'shared', basket([chair, 1]))).body.id).not.toBe(mine.body.id);
  });

  it('I13: ignores a key where none is asked for', async () => {
    const as = randomUUID();
    const { body } = await place(as, 'k');

    for (const key of ['k', 'x'.repeat(300)]) {
      expect((await store.call('GET', `/orders/${body.id}`, { as, key })).status).toBe(200);
    }
  });

  it('I14: answers 503 while the database is down, and never executes without protection', async () => {
    const as = randomUUID();
    const name = new URL(store.orders.url).pathname.slice(1);
    const admin = new pg.Client({ connectionString: store.orders.url.replace(name, 'postgres') });
    await admin.connect();
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);

    const down = await place(as, 'k');
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();

    expect(down).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    expect((await place(as, 'k')).status).toBe(202);
    expect(await store.orders.ordersOf(as)).toBe(1);
  });
});
