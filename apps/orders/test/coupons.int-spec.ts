import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StockRejected, StockReserved } from '@lethe/contracts';
import { statement } from '@lethe/database';
import type { MessageDefinition, MessageOf } from '@lethe/topology';
import { CommandBus } from '@nestjs/cqrs';
import { RejectOrder } from '../src/order/saga/reject-order.js';
import { ReserveOrder } from '../src/order/saga/reserve-order.js';
import { type Answer, OrdersApp } from './orders-app.js';

let store: OrdersApp;
let lamp: string;
let chair: string;

beforeAll(async () => {
  store = await OrdersApp.start();
  lamp = store.catalog.add(333);
  chair = store.catalog.add(10_000, 'GBP', 'Chair');
});
afterAll(() => store.stop());

const STAFF = { roles: ['admin'] };
let codes = 0;
/** Makes a coupon and gives its code. */
async function coupon(terms: Record<string, unknown> = {}): Promise<string> {
  codes += 1;
  const code = `SAVE-${codes}`;
  const { status } = await store.call('POST', '/orders/coupons', { ...STAFF, body: { code, percent: 15, ...terms } });
  expect(status).toBe(201);
  return code;
}
const place = (as: string, terms: Record<string, unknown>, on: OrdersApp = store, key: string = randomUUID()) =>
  on.call('POST', '/orders', {
    as,
    key,
    body: { items: [{ productId: lamp, quantity: 3 }], paymentToken: 'tok_visa', ...terms },
  });
/** As a buyer who tries again, by the same key, where a busy machine says 503. */
async function insist(as: string, terms: Record<string, unknown>, on: OrdersApp): Promise<Answer> {
  const key = randomUUID();
  let answer = await place(as, terms, on, key);
  while (answer.status === 503) answer = await place(as, terms, on, key);
  return answer;
}
const gbp = (amount: number) => ({ amount, currency: 'GBP' });
const refused = (pointer: string) => ({
  status: 422,
  body: expect.objectContaining({ errors: [expect.objectContaining({ pointer })] }),
});

/** How often the coupon is used, as the staff sees it and as the customers' rows add up. */
async function uses(code: string): Promise<readonly [number, number]> {
  const [row] = await store.orders.run<{ used: number; customers: number }>(
    `SELECT used, (SELECT coalesce(sum(used), 0)::int FROM coupon_customer WHERE code = $1) AS customers
     FROM coupon WHERE code = $1`,
    [code],
  );
  return [row?.used ?? -1, row?.customers ?? -1];
}

describe('an order with a coupon and a country', () => {
  it('R26: costs the subtotal less the discount with the tax, in its answer, its row and its lines', async () => {
    const as = randomUUID();
    const code = await coupon();

    const placed = await place(as, { coupon: code, country: 'GB' });

    expect(placed).toMatchObject({ status: 202, body: { total: gbp(1_019) } });
    expect((await store.call('GET', `/orders/${placed.body.id}`, { as })).body).toMatchObject({
      total: gbp(1_019),
      amounts: { subtotal: gbp(999), discount: gbp(150), tax: gbp(170), total: gbp(1_019) },
      coupon: code,
      country: 'GB',
      items: [{ unitPrice: gbp(333), quantity: 3, paid: gbp(1_019) }],
    });
    expect(await uses(code)).toEqual([1, 1]);
  });

  it('R26: shares discount and tax out to its lines, so that they add up to it', async () => {
    const items = [
      { productId: lamp, quantity: 7 },
      { productId: chair, quantity: 1 },
    ];
    const { body } = await place(randomUUID(), { items, coupon: await coupon(), country: 'FI' });

    const [sums] = await store.orders.run(
      `SELECT o.total = o.subtotal - o.discount + o.tax AS total, o.discount = sum(l.discount) AS discount,
         o.tax = sum(l.tax) AS tax, o.total = sum(l.unit_price * l.quantity - l.discount + l.tax) AS paid
       FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.id = $1 GROUP BY o.id`,
      [body.id],
    );
    expect(sums).toEqual({ total: true, discount: true, tax: true, paid: true });
  });

  it('without them costs what its lines cost, and says so', async () => {
    const as = randomUUID();
    const { body } = await place(as, {});

    const order = (await store.call('GET', `/orders/${body.id}`, { as })).body;
    expect(order).toMatchObject({
      total: gbp(999),
      amounts: { subtotal: gbp(999), discount: gbp(0), tax: gbp(0), total: gbp(999) },
    });
    expect(order).not.toHaveProperty('coupon');
    expect(order['items']).toEqual([expect.not.objectContaining({ paid: expect.anything() })]);
  });

  it('R38: of a version that knows no amounts has its total as subtotal', async () => {
    const [id, as] = [randomUUID(), randomUUID()];
    await store.orders.run(
      `WITH o AS (INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
         VALUES ($1, $2, 'pending', 'GBP', 500, 'tok_visa', now()) RETURNING id),
       l AS (INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
         SELECT id, 1, gen_random_uuid(), 'SKU', 'Lamp', 2, 250 FROM o)
       INSERT INTO order_history (order_id, version, status) SELECT id, 1, 'pending' FROM o`,
      [id, as],
    );

    expect((await store.call('GET', `/orders/${id}`, { as })).body).toMatchObject({
      amounts: { subtotal: gbp(500), discount: gbp(0), tax: gbp(0), total: gbp(500) },
    });
  });

  it('answers 422 for a country that the store does not deliver to', async () => {
    expect(await place(randomUUID(), { country: 'XX' })).toMatchObject(refused('/country'));
  });
});

describe('a coupon that cannot be used', () => {
  it('is refused with one answer, whether it is unknown, expired, not valid yet, ended or used up', async () => {
    const ended = await coupon();
    await store.call('POST', `/orders/coupons/${ended}/end`, STAFF);
    const usedUp = await coupon({ maxUses: 1 });
    await place(randomUUID(), { coupon: usedUp });
    const mine = await coupon({ maxUsesPerCustomer: 1 });
    const as = randomUUID();
    await place(as, { coupon: mine });
    const cannot = [
      'NO-SUCH-CODE',
      await coupon({ validFrom: '2020-01-01T00:00:00Z', validUntil: '2020-02-01T00:00:00Z' }),
      await coupon({ validFrom: '2999-01-01T00:00:00Z' }),
      ended,
      usedUp,
      mine,
    ];

    const answers: Answer[] = [];
    for (const code of cannot) answers.push(await place(as, { coupon: code }));

    expect(answers[0]).toMatchObject(refused('/coupon'));
    const tales = answers.map(({ status, body }) => {
      const { instance: _, traceId: __, ...rest } = body;
      return JSON.stringify({ status, rest });
    });
    expect(new Set(tales).size).toBe(1);
    expect(await store.orders.ordersOf(as)).toBe(1);
  });

  it('I7: leaves the key free, so that the customer may try again without it', async () => {
    const [as, key] = [randomUUID(), randomUUID()];
    expect((await place(as, { coupon: 'NO-SUCH-CODE' }, store, key)).status).toBe(422);

    expect((await place(as, {}, store, key)).status).toBe(202);
  });

  it('I7, I8: leaves nothing where it is used up between the look and the use', async () => {
    const code = await coupon({ maxUses: 1 });
    const [as, key] = [randomUUID(), randomUUID()];
    // Whoever uses it last holds its row; we look, may, and wait for it.
    const answer = await store.orders.database.transaction(async (tx) => {
      await tx.query(statement('test.use-up', 'UPDATE coupon SET used = 1 WHERE code = $1'), [code]);
      const placing = place(as, { coupon: code }, store, key);
      await blocked(tx);
      return { placing };
    });

    expect(await answer.placing).toMatchObject(refused('/coupon'));
    expect(await store.orders.ordersOf(as)).toBe(0);
    expect((await place(as, {}, store, key)).status).toBe(202);
  });
});

/** Until somebody waits for a row of this transaction. */
async function blocked(tx: { query: <Row>(text: ReturnType<typeof statement>) => Promise<Row[]> }): Promise<void> {
  const waiting = statement(
    'test.waiting',
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  while ((await tx.query(waiting)).length === 0) await Promise.resolve();
}

describe('the limits of a coupon', () => {
  it('R25: give the last use to one of 50 buyers on two replicas', async () => {
    const code = await coupon({ maxUses: 3 });
    await place(randomUUID(), { coupon: code });
    await place(randomUUID(), { coupon: code });
    const other = await store.replica();
    try {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, at) => insist(randomUUID(), { coupon: code }, at % 2 === 0 ? store : other)),
      );

      expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 422]));
      expect(await uses(code)).toEqual([3, 3]);
    } finally {
      await other.stop();
    }
  });

  it('R25: give a customer who orders 50 times at once on two replicas their two uses', async () => {
    const code = await coupon({ maxUsesPerCustomer: 2 });
    const as = randomUUID();
    const other = await store.replica();
    try {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, at) => insist(as, { coupon: code }, at % 2 === 0 ? store : other)),
      );

      expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
      expect(await uses(code)).toEqual([2, 2]);
      expect((await place(randomUUID(), { coupon: code })).status).toBe(202);
    } finally {
      await other.stop();
    }
  });

  it('I4, I6: count an order once, however often it is sent', async () => {
    const code = await coupon({ maxUses: 1 });
    const [as, key] = [randomUUID(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(as, { coupon: code }, store, key)));
    const again = await place(as, { coupon: code }, store, key);

    expect(again).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
    const ids = answers.filter(({ status }) => status === 202).map(({ body }) => body.id);
    expect(new Set([...ids, again.body.id]).size).toBe(1);
    expect(await uses(code)).toEqual([1, 1]);
  });
});

/** What a neighbour tells of an order, as it would come by the queue. */
function told<D extends MessageDefinition>(definition: D, data: MessageOf<D>['data']): MessageOf<D> {
  const [id, time] = [randomUUID(), new Date().toISOString()];
  const none = { subject: undefined, traceparent: undefined, actor: undefined };
  return { id, time, type: definition.type, source: definition.owner, data, ...none };
}

describe('the use of a coupon', () => {
  const ends = {
    cancelled: (id: string, as: string) => store.call('POST', `/orders/${id}/cancel`, { as }),
    rejected: (orderId: string) => {
      const shortages = [{ productId: lamp, requested: 3, available: 0 }];
      return store.app.get(CommandBus).execute(new RejectOrder(told(StockRejected, { orderId, shortages })));
    },
  };

  it.each(['cancelled', 'rejected'] as const)('R24: is given back once when the order is %s', async (end) => {
    const code = await coupon({ maxUses: 1, maxUsesPerCustomer: 1 });
    const as = randomUUID();
    const { body } = await place(as, { coupon: code });
    expect((await place(randomUUID(), { coupon: code })).status).toBe(422);

    await ends[end](body.id, as);
    await ends[end](body.id, as);

    expect(await uses(code)).toEqual([0, 0]);
    expect((await place(as, { coupon: code })).status).toBe(202);
    await ends[end](body.id, as);
    expect(await uses(code)).toEqual([1, 1]);
  });

  it('R24: is given back once of 20 cancellations at once', async () => {
    const code = await coupon({ maxUses: 2 });
    const as = randomUUID();
    const { body } = await place(as, { coupon: code });
    await place(as, { coupon: code });

    await Promise.all(Array.from({ length: 20 }, () => ends.cancelled(body.id, as)));

    expect(await uses(code)).toEqual([1, 1]);
  });

  it('stays while the order goes on', async () => {
    const code = await coupon();
    const { body } = await place(randomUUID(), { coupon: code });

    await store.app.get(CommandBus).execute(new ReserveOrder(told(StockReserved, { orderId: body.id })));

    expect(await uses(code)).toEqual([1, 1]);
  });
});

describe('the routes of the staff', () => {
  it('create, list and end coupons; a code is never given twice', async () => {
    const terms = { percent: 20, validUntil: '2999-01-01T00:00:00Z', maxUses: 5, maxUsesPerCustomer: 1 };
    const create = () => store.call('POST', '/orders/coupons', { ...STAFF, body: { code: 'AAA-FIRST', ...terms } });

    const created = await create();
    expect(created).toMatchObject({ status: 201, body: { code: 'AAA-FIRST', percent: 20, used: 0, endedAt: null } });
    expect(await create()).toMatchObject({ status: 409 });
    const first = await store.call('GET', '/orders/coupons?limit=1', STAFF);
    expect(first).toMatchObject({ status: 200, body: { items: [{ code: 'AAA-FIRST' }], nextCursor: 'AAA-FIRST' } });
    const end = () => store.call('POST', '/orders/coupons/AAA-FIRST/end', STAFF);
    const ended = await end();
    expect(ended).toMatchObject({ status: 200, body: { endedAt: expect.any(String) } });
    expect((await end()).body).toEqual(ended.body);
    expect(await store.call('POST', '/orders/coupons/NONE-SUCH/end', STAFF)).toMatchObject({ status: 404 });
  });

  it.each([
    ['a discount above the whole', { percent: 101 }],
    ['a discount of nothing', { percent: 0 }],
    ['part of a per cent', { percent: 12.5 }],
    ['an end before the beginning', { validFrom: '2026-01-02T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' }],
    ['no use at all', { maxUses: 0 }],
    ['a code in small letters', { code: 'save' }],
    ['a member that there is not', { used: -5 }],
  ])('refuse %s', async (_, terms) => {
    const body = { code: 'REFUSED', percent: 10, ...terms };

    expect((await store.call('POST', '/orders/coupons', { ...STAFF, body })).status).toBe(400);
  });

  it('S37: are not for customers', async () => {
    for (const [method, url] of [
      ['GET', '/orders/coupons'],
      ['POST', '/orders/coupons'],
      ['POST', '/orders/coupons/SAVE-1/end'],
    ] as const)
      expect((await store.call(method, url, { roles: ['customer'] })).status).toBe(403);
  });
});
