import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { PaymentOutcomeUnknownError, PaymentRefusedError } from '../src/orders.errors.js';
import { FakeProvider, answersLost, killedAfter, onceAround, unreachable } from './fake-provider.js';
import { OrdersDatabase } from './orders-database.js';
import { SagaBench } from './saga-bench.js';

let orders: OrdersDatabase;
let provider: FakeProvider;
let bench: SagaBench;

beforeAll(async () => {
  Logger.overrideLogger(false);
  orders = await OrdersDatabase.create();
});
afterAll(() => orders.close());
afterEach(() => {
  jest.restoreAllMocks();
});
beforeEach(() => {
  provider = new FakeProvider();
  bench = new SagaBench(orders, provider);
});

/** C5: money is with us exactly if the order is paid. */
async function moneyFitsOrder(orderId: string): Promise<void> {
  const { status, payment } = await bench.state(orderId);
  const isPaid = status === 'confirmed';
  expect(provider.statesOf(orderId).filter((state) => state === 'authorized')).toEqual([]);
  expect({ held: provider.heldOf(orderId), captured: payment === 'captured' }).toEqual({
    held: isPaid ? 500 : 0,
    captured: isPaid,
  });
}

describe('a payment whose outcome is unknown', () => {
  it.each([
    ['authorize', 'its request', unreachable],
    ['authorize', 'its answer', answersLost],
    ['capture', 'its request', unreachable],
    ['capture', 'its answer', answersLost],
  ] as const)('is asked again by the same key, and charged once: %s, %s is lost', async (operation, _, lost) => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround(operation, lost);

    await expect(bench.step('pay', id)).rejects.toThrow(PaymentOutcomeUnknownError);
    expect(await bench.state(id)).toMatchObject({
      status: 'reserved',
      payment: operation === 'authorize' ? 'requested' : 'authorized',
    });
    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
    expect(provider.statesOf(id)).toEqual(['captured']);
    expect(await bench.registry.getSingleMetricAsString('payment_outcomes_unknown_total')).toMatch(
      new RegExp(`operation="${operation}"} 1`),
    );
  });

  it.each(['authorize', 'capture'] as const)(
    'R24: a crash after the %s and before the commit charges once',
    async (at) => {
      const id = await bench.place();
      await bench.step('reserved', id);
      provider.around = onceAround(at, killedAfter);

      await expect(bench.step('pay', id)).rejects.toThrow('killed here');
      await bench.step('pay', id);

      expect((await bench.state(id)).status).toBe('confirmed');
      expect(provider.statesOf(id)).toEqual(['captured']);
    },
  );

  it('is looked for, not made again, once the provider may have forgotten its key', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround('authorize', answersLost);
    await expect(bench.step('pay', id)).rejects.toThrow(PaymentOutcomeUnknownError);
    await orders.run(`UPDATE payment SET first_requested_at = now() - interval '13 hours' WHERE order_id = $1`, [id]);
    provider.forgetKeys();

    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
    expect(provider.statesOf(id)).toEqual(['captured']);
  });

  it('R28: is not asked for by a process that stood still since it looked', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 660_000);

    await expect(bench.step('pay', id)).rejects.toThrow('held up');
    expect(provider.calls).toEqual([]);
    jest.restoreAllMocks();
    await bench.step('pay', id);

    expect(provider.statesOf(id)).toEqual(['captured']);
  });

  it.each([
    ['found where the refusal is of a request that differs from the first', answersLost, 'confirmed', 'captured'],
    ['declined where the provider refuses the request itself', unreachable, 'rejected', 'declined'],
  ] as const)('is %s', async (_, first, status, payment) => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround('authorize', first);
    await expect(bench.step('pay', id)).rejects.toThrow(PaymentOutcomeUnknownError);
    provider.around = onceAround('authorize', () =>
      Promise.reject(new PaymentRefusedError('authorize', id, 400, 'idempotency_error')),
    );

    await bench.step('pay', id);

    expect(await bench.state(id)).toMatchObject({ status, payment });
    await moneyFitsOrder(id);
  });

  it('R38: is gone on with where a version that knows fewer states began it', async () => {
    const [beside, before] = [await bench.place(), await bench.place()];
    for (const id of [beside, before]) await bench.step('reserved', id);
    // What that version writes, beside us and before the table was wider.
    await orders.run(`INSERT INTO payment (order_id, status) SELECT id, 'requested' FROM orders WHERE id = $1`, [
      beside,
    ]);
    await orders.run(`INSERT INTO payment (order_id, status) SELECT unnest($1::uuid[]), 'requested'`, [[before]]);
    await orders.run('UPDATE payment SET first_requested_at = NULL WHERE order_id = $1', [before]);

    for (const id of [beside, before]) await bench.step('pay', id);

    expect((await bench.state(beside)).status).toBe('confirmed');
    expect((await bench.state(before)).status).toBe('confirmed');
  });

  it('is no question where there is nothing to pay', async () => {
    const id = await bench.place();
    await orders.run('UPDATE orders SET total = 0, subtotal = 0 WHERE id = $1', [id]);
    await bench.step('reserved', id);

    await bench.step('pay', id);

    expect(await bench.state(id)).toMatchObject({ status: 'confirmed', payment: 'captured' });
    expect(provider.calls).toEqual([]);
  });
});
