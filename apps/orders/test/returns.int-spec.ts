import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderStatus } from '@lethe/contracts';
import { ProblemError } from '@lethe/kernel';
import fc from 'fast-check';
import {
  ExceedsOrderError,
  ExceedsPaymentError,
  IllegalTransitionError,
  NotDeliveredError,
  OrderUnderWayError,
} from '../src/orders.errors.js';
import { OrdersDatabase } from './orders-database.js';
import { ReturnsBench, gbp } from './returns-bench.js';
import { settledValues } from './settled.js';

let orders: OrdersDatabase;
let bench: ReturnsBench;
beforeAll(async () => {
  orders = await OrdersDatabase.create();
  bench = new ReturnsBench(orders);
});
afterAll(() => orders.close());

const messagesOf = async (orderId: string) =>
  (await orders.messages(orderId)).map(({ type, data }) => ({ type: type.split('.')[1], data }));

describe('a return', () => {
  it('R15: takes goods back, says so and claims their money in one commit', async () => {
    const { id, products } = await bench.order('delivered', [
      [3, 250],
      [1, 999],
    ]);
    const items = [{ productId: products[0] ?? '', quantity: 2 }];

    const { id: returnId, refund } = await bench.giveBack(id, items);

    expect(refund?.amount).toEqual(gbp(500));
    expect(await bench.books(id)).toMatchObject({
      status: 'returned',
      claimed: 500,
      refunded: 0,
      returned: 2,
      back: 2,
    });
    const said = await messagesOf(id);
    expect(said.slice(0, 2)).toMatchObject([
      { type: 'order-returned', data: { returnId, amount: gbp(500), items } },
      expect.anything(),
    ]);
    expect(JSON.stringify(said)).toContain(refund?.id);
    const [last] = await orders.run<{ cause: string; actor: string }>(
      'SELECT cause, actor FROM order_history WHERE order_id = $1 ORDER BY version DESC LIMIT 1',
      [id],
    );
    expect(last).toEqual({ cause: 'return-goods', actor: 'service:orders' });
  });

  it('of what cost nothing gives no money back, and the goods go on the shelf all the same', async () => {
    const { id, products } = await bench.order('delivered', [
      [2, 0],
      [1, 100],
    ]);
    const items = [{ productId: products[0] ?? '', quantity: 2 }];

    const created = await bench.giveBack(id, items);

    expect(created).toEqual({ id: expect.any(String) });
    expect(await bench.books(id)).toMatchObject({ status: 'returned', claimed: 0, returned: 2 });
    expect(await messagesOf(id)).toMatchObject([
      { type: 'order-returned', data: { amount: gbp(0), items } },
      { type: 'restock-return', data: { returnId: created.id, items } },
    ]);
  });

  it('is never of more than was bought, nor of what the order does not have', async () => {
    const { id, products } = await bench.order('delivered', [[3, 250]]);
    const take = (quantity: number, productId = products[0] ?? '') => bench.giveBack(id, [{ productId, quantity }]);

    await take(2);
    await expect(take(2)).rejects.toThrow(ExceedsOrderError);
    await expect(take(1, randomUUID())).rejects.toMatchObject({ status: 422 });
    await take(1);

    expect(await bench.books(id)).toMatchObject({ returned: 3, back: 3, claimed: 750 });
    await expect(take(1)).rejects.toMatchObject({ status: 409 });
  });

  it('R25: of fifty at once of one line of seven, seven are taken and 43 are refused', async () => {
    const { id, products } = await bench.order('delivered', [[7, 99]]);
    const items = [{ productId: products[0] ?? '', quantity: 1 }];

    const { fulfilled, rejected } = await settledValues(Array.from({ length: 50 }, () => bench.giveBack(id, items)));

    expect([fulfilled.length, rejected.length]).toEqual([7, 43]);
    expect(rejected.every((error) => error instanceof ExceedsOrderError)).toBe(true);
    expect(await bench.books(id)).toMatchObject({ returned: 7, back: 7, claimed: 693, open: 693 });
  });

  it.each<OrderStatus>(['pending', 'reserved', 'rejected', 'cancelled', 'refunded'])(
    'of an order that is %s is a conflict that names the legal states',
    async (status) => {
      const { id, products } = await bench.order(status, [[1, 100]]);

      await expect(bench.giveBack(id, [{ productId: products[0] ?? '', quantity: 1 }])).rejects.toThrow(
        IllegalTransitionError,
      );
      await expect(bench.refund(id)).rejects.toMatchObject({
        status: 409,
        extensions: { from: status, to: 'refunded' },
      });
    },
  );

  it('before delivery is one of everything, which gives the order up', async () => {
    const { id, products } = await bench.order('confirmed', [
      [2, 100],
      [1, 50],
    ]);
    const all = products.map((productId, at) => ({ productId, quantity: 2 - at }));

    await expect(bench.giveBack(id, all.slice(0, 1))).rejects.toThrow(NotDeliveredError);
    const { refund } = await bench.giveBack(id, all);

    expect(refund?.amount).toEqual(gbp(250));
    await expect(bench.deliver(id)).rejects.toMatchObject({ extensions: { from: 'returned', to: 'delivered' } });
    await bench.settle(id, refund?.id ?? '');
    expect(await bench.books(id)).toMatchObject({ status: 'refunded', refunded: 250 });
  });

  it('while the warehouse is at it has to wait', async () => {
    const { id, products } = await bench.order('fulfilling', [[1, 100]]);

    await expect(bench.giveBack(id, [{ productId: products[0] ?? '', quantity: 1 }])).rejects.toThrow(
      OrderUnderWayError,
    );
    await expect(bench.refund(id)).rejects.toThrow(OrderUnderWayError);
  });
});

describe('a refund', () => {
  it('R26: of fifty at once never adds up to more than was paid', async () => {
    const { id } = await bench.order('delivered', [[1, 1_000]]);

    const { fulfilled, rejected } = await settledValues(Array.from({ length: 50 }, () => bench.refund(id, 30)));

    expect([fulfilled.length, rejected.length]).toEqual([33, 17]);
    expect(rejected.every((error) => error instanceof ExceedsPaymentError)).toBe(true);
    expect(rejected[0]).toMatchObject({ status: 409, extensions: { left: gbp(10) } });
    expect(await bench.books(id)).toMatchObject({ claimed: 990, open: 990, refunded: 0 });
    expect((await bench.refund(id)).amount).toEqual(gbp(10));
    await expect(bench.refund(id)).rejects.toThrow(ExceedsPaymentError);
  });

  it('R25: the database itself refuses more money than was paid, and more goods than were bought', async () => {
    const { id } = await bench.order('delivered', [[1, 100]]);

    for (const sql of [
      'UPDATE orders SET refunds_claimed = 101 WHERE id = $1',
      'UPDATE orders SET refunded = 1 WHERE id = $1',
      'UPDATE order_line SET returned = 2 WHERE order_id = $1',
    ]) {
      await expect(orders.run(sql, [id])).rejects.toThrow(/violates check constraint "\w+_within"/);
    }
  });

  it('R13: is settled once, whatever comes twice, and makes the order partly, then fully refunded', async () => {
    const { id, products } = await bench.order('delivered', [[2, 100]]);
    const items = [{ productId: products[0] ?? '', quantity: 1 }];
    const { refund: first } = await bench.giveBack(id, items);
    const { refund: second } = await bench.giveBack(id, items);
    const [one, two] = [first?.id ?? '', second?.id ?? ''];
    const message = randomUUID();

    await bench.settle(id, one, 'succeeded', message);
    await bench.settle(id, one, 'succeeded', message);
    await bench.settle(id, one);
    await bench.settle(id, one, 'failed');
    expect(await bench.books(id)).toMatchObject({ status: 'partly-refunded', refunded: 100, done: 100 });
    await bench.settle(id, two);

    expect(await bench.books(id)).toMatchObject({
      status: 'refunded',
      refunded: 200,
      history: ['delivered', 'returned', 'returned', 'partly-refunded', 'refunded'],
    });
    const told = (await messagesOf(id)).filter(({ type }) => type === 'order-refunded');
    expect(told).toMatchObject([
      { data: { refundId: one, amount: gbp(100), full: false, items: [{ ...items[0], amount: gbp(100) }] } },
      { data: { refundId: two, amount: gbp(100), full: true } },
    ]);
    const [row] = await orders.run<{ message_id: string; cause: string }>(
      'SELECT message_id, cause FROM order_history WHERE order_id = $1 AND version = 4',
      [id],
    );
    expect(row).toEqual({ message_id: message, cause: 'orders.refund-payment.v1' });
  });

  it('that failed leaves the order as it is, and its money can be claimed again', async () => {
    const { id, products } = await bench.order('delivered', [[1, 100]]);
    const { refund } = await bench.giveBack(id, [{ productId: products[0] ?? '', quantity: 1 }]);

    await bench.settle(id, refund?.id ?? '', 'failed');
    expect(await bench.books(id)).toMatchObject({ status: 'returned', claimed: 0, refunded: 0, returned: 1 });
    const again = await bench.refund(id);
    await bench.settle(id, again.id);

    expect(await bench.books(id)).toMatchObject({ status: 'refunded', claimed: 100, refunded: 100, done: 100 });
  });

  it('of part of the money before delivery leaves the goods on their way, and shows when they are there', async () => {
    const { id } = await bench.order('confirmed', [[2, 100]]);
    const { id: refundId } = await bench.refund(id, 30);
    await bench.settle(id, refundId);
    expect(await bench.books(id)).toMatchObject({ status: 'confirmed', refunded: 30 });

    await bench.deliver(id);

    expect(await bench.books(id)).toMatchObject({ history: ['confirmed', 'delivered', 'partly-refunded'] });
  });

  it('of all the money of an order that has not left gives it up: its goods go back, too', async () => {
    const { id } = await bench.order('confirmed', [[2, 100]]);

    const refund = await bench.refund(id);
    await bench.settle(id, refund.id);

    expect(refund).toMatchObject({ amount: gbp(200), status: 'requested', returnId: expect.any(String) });
    expect(await bench.books(id)).toMatchObject({ history: ['confirmed', 'returned', 'refunded'], returned: 2 });
  });

  it('R26: for goods is no more than is left where money went back before', async () => {
    const { id, products } = await bench.order('delivered', [
      [1, 100],
      [1, 100],
    ]);
    await bench.refund(id, 150);

    const { refund } = await bench.giveBack(
      id,
      products.map((productId) => ({ productId, quantity: 1 })),
    );

    expect(refund?.amount).toEqual(gbp(50));
    expect(await bench.books(id)).toMatchObject({ claimed: 200, returned: 2 });
  });
});

describe('a delivery', () => {
  it('happens once, tells of itself, and is only of orders that are confirmed or on their way', async () => {
    const { id } = await bench.order('shipped', [[1, 100]]);

    await bench.deliver(id);
    await bench.deliver(id);

    expect((await bench.books(id)).history).toEqual(['shipped', 'delivered']);
    expect(await messagesOf(id)).toMatchObject([{ type: 'order-delivered', data: { orderId: id } }]);
    const { id: pending } = await bench.order('pending', [[1, 100]]);
    await expect(bench.deliver(pending)).rejects.toMatchObject({
      extensions: { from: 'pending', to: 'delivered', legal: ['reserved', 'rejected', 'cancelled'] },
    });
  });
});

/** What the staff and the provider do next, a few at once. */
const acts = fc.array(
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('return' as const), line: fc.nat(1), quantity: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('settle' as const), which: fc.nat(5), failed: fc.boolean() }),
      fc.record({ kind: fc.constant('deliver' as const) }),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  { minLength: 1, maxLength: 6 },
);

describe('the books of an order', () => {
  it('R26: add up after any returns, refunds and settlements, many at once and some twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        acts,
        fc.constantFrom<OrderStatus>('confirmed', 'shipped', 'delivered'),
        async (rounds, from) => {
          const { id, products } = await bench.order(from, [
            [3, 101],
            [2, 77],
          ]);
          const refunds: string[] = [];
          const act = async (next: (typeof rounds)[number][number]): Promise<void> => {
            if (next.kind === 'deliver') return bench.deliver(id);
            if (next.kind === 'settle') {
              const refundId = refunds[next.which];
              return refundId === undefined
                ? undefined
                : bench.settle(id, refundId, next.failed ? 'failed' : 'succeeded');
            }
            const made =
              next.kind === 'refund'
                ? await bench.refund(id, next.amount)
                : (await bench.giveBack(id, [{ productId: products[next.line] ?? '', quantity: next.quantity }]))
                    .refund;
            if (made) refunds.push(made.id);
          };
          for (const round of rounds) {
            const { rejected } = await settledValues(round.map(act));
            expect(rejected.filter((error) => !(error instanceof ProblemError))).toEqual([]);
            const books = await bench.books(id);
            expect(books).toMatchObject({ claimed: books.open, refunded: books.done, returned: books.back });
            expect(books.done).toBeLessThanOrEqual(books.open);
            expect(books.open).toBeLessThanOrEqual(books.total);
            expect(books.back).toBeLessThanOrEqual(books.bought);
            expect(books.status === 'refunded').toBe(books.done === books.total);
            expect(books.status === 'delivered' ? books.done : 0).toBe(0);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
