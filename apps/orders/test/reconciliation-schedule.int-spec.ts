import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PostgresSchedules, Ticker, syncSchedules } from '@lethe/schedules';
import { eventually } from '@lethe/testing';
import { ordersSchedules } from '../src/orders.schedules.js';
import { OrdersApp } from './orders-app.js';
import { writePayment } from './provider-fixture.js';

const admin = { as: randomUUID(), roles: ['admin'] };

describe('the scheduled reconciliation', () => {
  let apps: OrdersApp[] = [];
  let first: OrdersApp;
  beforeAll(async () => {
    first = await OrdersApp.start({ consume: true });
    apps = [first, await first.replica({ consume: true }), await first.replica({ consume: true })];
    await syncSchedules(new PostgresSchedules(first.orders.database), ordersSchedules);
  });
  afterAll(async () => {
    for (const app of apps.toReversed()) await app.stop();
  });

  const runs = () =>
    first.orders.run<{ id: string; status: string; attempt: number }>(
      'SELECT id, status, attempt FROM reconciliation WHERE scheduled_at IS NOT NULL',
    );

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
