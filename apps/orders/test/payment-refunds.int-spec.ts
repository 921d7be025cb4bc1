import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { FakeProvider, answersLost, unreachable } from './fake-provider.js';
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

/** A confirmed order of 5.00, of which so much is to go back. */
async function refundOf(amount: number): Promise<{ id: string; refundId: string }> {
  const id = await bench.place();
  await bench.step('reserved', id);
  await bench.step('pay', id);
  return { id, refundId: await claim(id, amount) };
}
async function claim(id: string, amount: number): Promise<string> {
  const refundId = randomUUID();
  await orders.run('UPDATE orders SET refunds_claimed = refunds_claimed + $2 WHERE id = $1', [id, amount]);
  await orders.run(`INSERT INTO refund (id, order_id, amount, reason) VALUES ($1, $2, $3, 'test')`, [
    refundId,
    id,
    amount,
  ]);
  return refundId;
}
async function refundState(refundId: string): Promise<unknown> {
  const [row] = await orders.run<Record<string, unknown>>(
    'SELECT status, provider_refund_id AS provider FROM refund WHERE id = $1',
    [refundId],
  );
  return row;
}
const refunds = () => provider.calls.filter((call) => call === 'refund');
const told = async (id: string) => (await bench.state(id)).sent.filter((type) => type === 'order-refunded');

describe('a refund', () => {
  it('gives money back once, and settles the refund and its order in one commit, however often it is asked for', async () => {
    const { id, refundId } = await refundOf(500);
    const messageId = randomUUID();

    await Promise.all([bench.refund(id, refundId, messageId), bench.refund(id, refundId, messageId)]);
    await bench.refund(id, refundId);

    expect(await refundState(refundId)).toEqual({ status: 'succeeded', provider: 're_1' });
    expect((await bench.state(id)).status).toBe('refunded');
    expect(provider.heldOf(id)).toBe(0);
    expect(await told(id)).toHaveLength(1);
    expect(await bench.registry.getSingleMetricAsString('payment_refunds_total')).toMatch(/outcome="succeeded"} 1/);
  });

  it('of a part leaves the rest with us', async () => {
    const { id, refundId } = await refundOf(120);

    await bench.refund(id, refundId);
    await bench.refund(id, await claim(id, 380));

    expect(provider.heldOf(id)).toBe(0);
    expect((await bench.state(id)).status).toBe('refunded');
    const amounts = (await orders.messages(id)).filter(({ type }) => type === 'orders.order-refunded.v1');
    expect(amounts.map(({ data }) => data)).toMatchObject([
      { amount: { amount: 120, currency: 'GBP' }, full: false },
      { amount: { amount: 380 }, full: true },
    ]);
  });

  it.each([
    ['request', unreachable],
    ['answer', answersLost],
  ] as const)('whose %s was lost is asked about, later and again, and made once', async (_, lost) => {
    const { id, refundId } = await refundOf(500);
    provider.around = lost;

    await bench.refund(id, refundId);
    expect(await refundState(refundId)).toEqual({ status: 'requested', provider: null });
    expect(await bench.later(id)).toEqual([{ type: 'refund-payment', seconds: 30 }]);
    provider.around = (_operation, effect) => effect();
    await bench.refund(id, refundId);

    expect(await refundState(refundId)).toMatchObject({ status: 'succeeded' });
    expect(provider.heldOf(id)).toBe(0);
    expect(await told(id)).toHaveLength(1);
  });

  it('is found in the list once the provider has forgotten its key, and not made again', async () => {
    const { id, refundId } = await refundOf(200);
    provider.around = answersLost;
    await bench.refund(id, refundId);
    provider.around = (_, effect) => effect();
    provider.forgetKeys();

    await bench.refund(id, refundId);

    expect(refunds()).toHaveLength(1);
    expect(provider.heldOf(id)).toBe(300);
    expect(await refundState(refundId)).toEqual({ status: 'succeeded', provider: 're_1' });
  });

  it('R28: is not asked for by a process that stood still since it looked', async () => {
    const { id, refundId } = await refundOf(200);
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 660_000);

    await bench.refund(id, refundId);
    jest.restoreAllMocks();

    expect(refunds()).toHaveLength(0);
    expect(await refundState(refundId)).toEqual({ status: 'requested', provider: null });
  });

  it('that the provider takes its time for is asked about again, or when its webhook comes', async () => {
    const { id, refundId } = await refundOf(500);
    provider.refundsEnd('pending');

    await bench.refund(id, refundId);
    expect(await refundState(refundId)).toEqual({ status: 'requested', provider: 're_1' });
    expect(await bench.later(id)).toEqual([{ type: 'refund-payment', seconds: 30 }]);
    provider.settleRefunds('succeeded');
    await bench.hear({ id: randomUUID(), type: 'refund.updated', paymentId: 'pi_1', orderId: id, refundId });
    expect((await bench.state(id)).sent.at(-1)).toBe('refund-payment');
    await bench.refund(id, refundId);

    expect((await bench.state(id)).status).toBe('refunded');
    expect(refunds()).toHaveLength(1);
  });

  it.each([
    ['cannot carry out', () => provider.refundsEnd('failed')],
    ['refuses', (id: string) => provider.becomes(id, 'voided')],
  ])('that the provider %s fails, gives its claim back and says so', async (_, fault) => {
    const { id, refundId } = await refundOf(500);
    fault(id);

    await bench.refund(id, refundId);

    expect(await refundState(refundId)).toMatchObject({ status: 'failed' });
    expect((await bench.state(id)).status).toBe('confirmed');
    expect(await told(id)).toEqual([]);
    const [order] = await orders.run<{ claimed: number }>(
      'SELECT refunds_claimed AS claimed FROM orders WHERE id = $1',
      [id],
    );
    expect(order).toEqual({ claimed: 0 });
    expect(await bench.registry.getSingleMetricAsString('payment_refunds_total')).toMatch(/outcome="failed"} 1/);
  });

  it('of another order has no effect', async () => {
    const { refundId } = await refundOf(500);
    const other = await refundOf(500);

    await bench.refund(other.id, refundId);

    expect(refunds()).toEqual([]);
  });
});
