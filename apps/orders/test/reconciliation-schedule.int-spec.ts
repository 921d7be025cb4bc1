import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { RefundPayment, StockReserved } from '@lethe/contracts';
import { money, uuidv7 } from '@lethe/kernel';
import { MessagePublisher } from '@lethe/messaging';
import { PostgresSchedules, Ticker, syncSchedules } from '@lethe/schedules';
import { eventually } from '@lethe/testing';
import { type MessageDefinition, encodeMessage } from '@lethe/topology';
import { ordersSchedules } from '../src/orders.schedules.js';
import { PaymentGateway } from '../src/payment/payment.gateway.js';
import { OrdersApp } from './orders-app.js';
import { writePayment } from './provider-fixture.js';

const admin = { as: randomUUID(), roles: ['admin'] };

describe('the scheduled reconciliation', () => {
  let apps: OrdersApp[] = [];
  let first: OrdersApp;
  let lamp: string;
  beforeAll(async () => {
    // Nothing is in flight here when it is compared.
    const how = { consume: true, env: { RECONCILIATION_GRACE_SECONDS: '0' } };
    first = await OrdersApp.start(how);
    apps = [first, await first.replica(how), await first.replica(how)];
    lamp = first.catalog.add(255);
    await syncSchedules(new PostgresSchedules(first.orders.database), ordersSchedules);
  });
  afterAll(async () => {
    for (const app of apps.toReversed()) await app.stop();
  });

  const runs = () =>
    first.orders.run<{ id: string; status: string; attempt: number }>(
      'SELECT id, status, attempt FROM reconciliation WHERE scheduled_at IS NOT NULL',
    );

  /** Says something as a service would. */
  async function say(source: string, definition: MessageDefinition, data: object): Promise<void> {
    const id = uuidv7();
    const { clients, topology } = first;
    const publisher = new MessagePublisher({ topology, clients, accountId: '000000000000' });
    await publisher.publishBatch([
      { id, definition, body: encodeMessage(definition, data, { id, source, time: Date.now() }) },
    ]);
  }

  /** An order of one lamp, of which catalog has one. */
  async function buy(paymentToken: string, status: string): Promise<string> {
    const as = randomUUID();
    const body = { items: [{ productId: lamp, quantity: 1 }], paymentToken };
    const placed = await first.call('POST', '/orders', { as, key: 'o1', body });
    const orderId = placed.body.id;
    await say('catalog', StockReserved, { orderId });
    await eventually(async () =>
      expect((await first.call('GET', `/orders/${orderId}`, { as })).body).toMatchObject({ status }),
    );
    return orderId;
  }

  /** A reconciliation of the last hour, when it is done. */
  async function reconciled() {
    const [from, to] = [new Date(Date.now() - 600_000), new Date()];
    const body = { from: from.toISOString(), to: to.toISOString() };
    const asked = await first.call('POST', '/orders/reconciliations', { ...admin, body });
    return eventually(async () => {
      const { body: run } = await first.call('GET', `/orders/reconciliations/${asked.body.id}`, admin);
      expect(run).toMatchObject({ status: 'done' });
      return run;
    });
  }

  it('R29: is run by one of three replicas, once for its tick, and not again where the tick comes again', async () => {
    for (let time = 1; time <= 2; time += 1) {
      await first.orders.run(`UPDATE schedule SET next_at = next_at - interval '1 day'`);
      await Promise.all(apps.map(({ app }) => app.get(Ticker).fire()));
      await eventually(async () => expect(await runs()).toMatchObject([{ status: 'done' }]), { timeoutMs: 20_000 });
    }
    await eventually(async () => expect(await first.orders.run('SELECT 1 FROM outbox')).toEqual([]));

    expect(await runs()).toMatchObject([{ status: 'done', attempt: 1 }]);
  });

  it('can be asked for by the staff, once per key, and tells what it found', async () => {
    const { orderId, paymentId } = await writePayment(first.orders, new Date('2026-02-01T12:00:00Z'));
    const body = { from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' };
    const ask = () => first.call('POST', '/orders/reconciliations', { ...admin, key: 'k1', body });

    const asked = await ask();
    const again = await ask();

    expect(asked).toMatchObject({ status: 202, headers: { location: `/orders/reconciliations/${asked.body.id}` } });
    expect(again).toMatchObject({ status: 202, body: asked.body, headers: { 'idempotency-replayed': 'true' } });
    const read = () => first.call('GET', `/orders/reconciliations/${asked.body.id}`, admin);
    await eventually(async () => expect((await read()).body).toMatchObject({ status: 'done' }), { timeoutMs: 20_000 });
    expect((await read()).body).toMatchObject({
      differences: 1,
      items: [{ kind: 'missing', subject: 'payment', orderId, paymentId, ours: 'captured' }],
    });
    expect(await first.orders.run('SELECT 1 FROM reconciliation WHERE scheduled_at IS NULL')).toHaveLength(1);
  });

  it('C5: agrees with the provider about what has really happened, and finds what was done there behind our back', async () => {
    const gateway = first.app.get(PaymentGateway);
    const paid = await buy('tok_visa', 'confirmed');
    await buy('tok_chargeDeclined', 'rejected');
    const returned = await buy('tok_visa', 'confirmed');
    const refund = { reason: 'late', amount: { amount: 55, currency: 'GBP' } };
    const asked = await first.call('POST', `/orders/${returned}/refunds`, { ...admin, key: 'r1', body: refund });
    await say('orders', RefundPayment, { orderId: returned, refundId: asked.body.id });
    await eventually(async () =>
      expect(await first.orders.run('SELECT status FROM refund WHERE id = $1', [asked.body.id])).toEqual([
        { status: 'succeeded' },
      ]),
    );
    expect((await reconciled())['items']).toEqual([]);

    const [payment] = await first.simulator.paymentsOf(paid);
    const paymentId = payment?.id ?? '';
    const back = money(100, 'GBP');
    await gateway.refund({ paymentId, amount: back, refundId: randomUUID(), orderId: paid }, randomUUID());
    await first.orders.run('UPDATE orders SET total = total + 1, subtotal = subtotal + 1 WHERE id = $1', [returned]);

    // The provider tells times to the second: this one's are over before the next begins.
    await eventually(async () => expect((await reconciled())['items']).toHaveLength(2), { everyMs: 300 });
    expect((await reconciled())['items']).toEqual([
      {
        kind: 'amount',
        subject: 'payment',
        orderId: returned,
        paymentId: expect.anything(),
        ours: '256 GBP',
        theirs: '255 GBP',
      },
      {
        kind: 'extra',
        subject: 'refund',
        orderId: paid,
        paymentId,
        refundId: expect.anything(),
        theirs: 'succeeded 100 GBP',
      },
    ]);
  });

  it('refuses a period that is none, and whoever is not of the staff', async () => {
    const ask = (from: string, to: string, as = admin) =>
      first.call('POST', '/orders/reconciliations', { ...as, body: { from, to } });

    expect((await ask('2026-02-02T00:00:00Z', '2026-02-01T00:00:00Z')).status).toBe(400);
    expect((await ask('2024-02-02T00:00:00Z', '2026-02-01T00:00:00Z')).status).toBe(400);
    const customer = { as: randomUUID(), roles: ['customer'] };
    expect((await ask('2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z', customer)).status).toBe(403);
    expect((await first.call('GET', `/orders/reconciliations/${randomUUID()}`, admin)).status).toBe(404);
  });
});
