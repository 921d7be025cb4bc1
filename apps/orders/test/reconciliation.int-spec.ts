import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type RunReconciliation, ordersService } from '@lethe/contracts';
import type { Querier, Statement } from '@lethe/database';
import { money } from '@lethe/kernel';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import { deferred } from '@lethe/testing';
import type { MessageOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { AskReconciliation, AskReconciliationAtTick } from '../src/reconciliation/ask-reconciliation.js';
import { AskReconciliationAtTickHandler, AskReconciliationHandler } from '../src/reconciliation/ask-reconciliation.js';
import { GetReconciliation, GetReconciliationHandler } from '../src/reconciliation/get-reconciliation.js';
import { BATCH, ProviderBooks } from '../src/reconciliation/provider-books.js';
import { PerformReconciliation, PerformReconciliationHandler } from '../src/reconciliation/run-reconciliation.js';
import { OrdersDatabase } from './orders-database.js';
import { ProviderFixture, writePayment, writeRefund } from './provider-fixture.js';

const GRACE_S = 1_800;
const HOUR = 3_600_000;
const never = new AbortController().signal;

/** The use cases on one database, without a service around them. */
class Bench {
  readonly provider = new ProviderFixture();
  readonly units: UnitOfWork<typeof ordersService>;

  constructor(readonly orders: OrdersDatabase) {
    const { database } = orders;
    this.units = new UnitOfWork(database, new Outbox(ordersService, new Wake(database)));
  }

  async ask(from: Date, to: Date): Promise<string> {
    const period = { from: from.toISOString(), to: to.toISOString() };
    return new AskReconciliationHandler(this.units).execute(new AskReconciliation(period, undefined));
  }

  async run(
    id: string,
    books: ProviderFixture = this.provider,
    querier: Querier = this.orders.database,
  ): Promise<void> {
    const { database } = this.orders;
    const handler = new PerformReconciliationHandler(database, this.units, new ProviderBooks(querier, books), GRACE_S);
    await handler.execute(new PerformReconciliation(messageOf(id), never));
  }

  get(id: string, limit = 1_000, cursor?: string) {
    return new GetReconciliationHandler(this.orders.database).execute(new GetReconciliation(id, { limit, cursor }));
  }
}

function messageOf(reconciliationId: string): MessageOf<typeof RunReconciliation> {
  const [source, time] = ['orders', new Date().toISOString()];
  const about = { subject: undefined, traceparent: undefined, actor: undefined };
  return { id: randomUUID(), type: 'orders.run-reconciliation.v1', source, time, ...about, data: { reconciliationId } };
}

describe('a reconciliation', () => {
  let orders: OrdersDatabase;
  let bench: Bench;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    orders = await OrdersDatabase.create();
  });
  afterAll(() => orders.close());

  const [from, to] = [new Date('2026-02-01T00:00:00Z'), new Date('2026-02-02T00:00:00Z')];
  const [noon, later] = [new Date('2026-02-01T12:00:00Z'), new Date('2026-02-01T12:00:05Z')];

  it('finds exactly the differences that there are, one of each kind, with the ids of what differs', async () => {
    bench = new Bench(orders);
    const { provider } = bench;
    const agreed = await agreeing(orders, provider, noon, later);
    const missing = await writePayment(orders, noon);
    const stranger = randomUUID();
    provider.pay({ paymentId: 'pi_extra', orderId: stranger, createdAt: noon });
    provider.pay({ paymentId: 'pi_twice', orderId: agreed.orderId, createdAt: noon, status: 'authorized' });
    provider.pay({ paymentId: 'pi_foreign', createdAt: noon });
    const amount = await writePayment(orders, noon);
    provider.pay({ ...amount, createdAt: later, amount: money(999, 'GBP') });
    const currency = await writePayment(orders, noon);
    provider.pay({ ...currency, createdAt: later, amount: money(1_000, 'EUR') });
    const status = await writePayment(orders, noon);
    provider.pay({ ...status, createdAt: later, status: 'voided' });
    const held = await writePayment(orders, noon, { order: 'rejected', payment: 'voided' });
    provider.pay({ ...held, createdAt: later, status: 'authorized' });
    const stuck = await writePayment(orders, noon, { order: 'rejected', payment: 'requested' });
    const unpaid = await writePayment(orders, noon, { order: 'confirmed', payment: 'declined' });
    const refunds = await differingRefunds(orders, provider, noon, later);

    const id = await bench.ask(from, to);
    await bench.run(id);

    const found = await bench.get(id);
    const payment = { subject: 'payment' };
    expect(found.items.toSorted(byText)).toEqual(
      [
        { ...payment, kind: 'missing', ...missing, ours: 'captured' },
        { ...payment, kind: 'extra', orderId: stranger, paymentId: 'pi_extra', theirs: 'captured 1000 GBP' },
        {
          ...payment,
          kind: 'extra',
          orderId: agreed.orderId,
          paymentId: 'pi_twice',
          ours: agreed.paymentId,
          theirs: 'authorized 1000 GBP',
        },
        { ...payment, kind: 'extra', paymentId: 'pi_foreign', theirs: 'captured 1000 GBP' },
        { ...payment, kind: 'amount', ...amount, ours: '1000 GBP', theirs: '999 GBP' },
        { ...payment, kind: 'currency', ...currency, ours: '1000 GBP', theirs: '1000 EUR' },
        { ...payment, kind: 'status', ...status, ours: 'captured', theirs: 'voided' },
        { ...payment, kind: 'status', ...held, ours: 'voided', theirs: 'authorized' },
        { ...payment, kind: 'status', orderId: stuck.orderId, ours: 'requested' },
        { subject: 'order', kind: 'status', ...unpaid, ours: 'confirmed, payment declined' },
        ...refunds,
      ].toSorted(byText),
    );
    expect(found).toMatchObject({ status: 'done', differences: found.items.length, nextCursor: null });
    expect(found.until).toBe(to.toISOString());
    expect(await orders.run('SELECT 1 FROM reconciliation_payment UNION SELECT 1 FROM reconciliation_refund')).toEqual(
      [],
    );
  });

  it('gives its differences page by page', async () => {
    const id = await bench.ask(from, to);
    await bench.run(id);
    const whole = await bench.get(id);

    const first = await bench.get(id, 4);
    const rest = await bench.get(id, 1_000, first.nextCursor ?? undefined);

    expect(first.items).toHaveLength(4);
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    await expect(bench.get(randomUUID())).rejects.toMatchObject({ status: 404 });
  });

  it('leaves what may be in flight to the next', async () => {
    const other = new Bench(orders);
    const now = new Date();
    const young = await writePayment(orders, now, { order: 'reserved', payment: 'requested' });
    const id = await other.ask(new Date(now.getTime() - HOUR), new Date(now.getTime() + HOUR));
    await other.run(id);
    const found = await other.get(id);

    expect(found).toMatchObject({ status: 'done', items: [] });
    expect(Date.parse(found.until ?? '')).toBeLessThanOrEqual(now.getTime() - GRACE_S * 1_000 + 5_000);
    await orders.run('DELETE FROM payment WHERE order_id = $1', [young.orderId]);
  });

  it('asks for what the lists of the provider lack, before it calls it missing', async () => {
    const other = new Bench(orders);
    const [begin, end] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-02T00:00:00Z')];
    const asked = new Date('2026-03-01T12:00:00Z');
    const late = await writePayment(orders, asked);
    other.provider.pay({ ...late, createdAt: new Date('2026-03-05T00:00:00Z') });
    const refundId = await writeRefund(orders, late.orderId, asked);
    other.provider.giveBack({ paymentId: late.paymentId, refundId, createdAt: new Date('2026-02-20T00:00:00Z') });

    const id = await other.ask(begin, end);
    await other.run(id);

    expect(await other.get(id)).toMatchObject({ items: [], payments: 1, refunds: 1 });
  });

  it('R29: of two attempts at once one writes; what a dead one left behind is not looked at', async () => {
    const other = new Bench(orders);
    const missing = await writePayment(orders, new Date('2026-04-01T12:00:00Z'));
    const id = await other.ask(new Date('2026-04-01T00:00:00Z'), new Date('2026-04-02T00:00:00Z'));
    const dying = new ProviderFixture();
    dying.pay({ ...missing, createdAt: new Date('2026-04-01T12:00:00Z') });
    dying.refunds = () => {
      throw new Error('killed');
    };
    await expect(other.run(id, dying)).rejects.toThrow('killed');
    const gate = deferred();
    const slow = new ProviderFixture();
    slow.find = async () => {
      await gate.promise;
      return undefined;
    };

    const [first, second] = [other.run(id, slow), other.run(id)];
    await second;
    gate.resolve();
    await first;

    const found = await other.get(id);
    expect(found.items).toEqual([{ kind: 'missing', subject: 'payment', ...missing, ours: 'captured' }]);
  });

  it('R29: is asked for once per tick, and goes on where the one before ended', async () => {
    const other = new Bench(orders);
    const tick = async (scheduledAt: string, id: string = randomUUID()): Promise<void> => {
      const message = { ...messageOf(''), id, type: 'orders.reconcile-payments.v1' as const, data: { scheduledAt } };
      await new AskReconciliationAtTickHandler(other.units).execute(new AskReconciliationAtTick(message));
    };
    const asked = () =>
      orders.run<{ id: string; from_at: Date; to_at: Date }>(
        'SELECT id, from_at, to_at FROM reconciliation WHERE scheduled_at IS NOT NULL ORDER BY scheduled_at',
      );
    const id = randomUUID();

    await Promise.all([1, 2, 3, 4, 5].map(() => tick('2026-05-01T03:30:00Z')));
    await tick('2026-05-02T03:30:00Z', id);
    await tick('2026-05-02T03:30:00Z', id);
    const [first, second] = await asked();
    expect(await asked()).toHaveLength(2);
    await other.run(first?.id ?? '');
    await other.run(second?.id ?? '');
    await tick('2026-05-05T03:30:00Z');

    expect((await asked()).map(({ from_at, to_at }) => [from_at.toISOString(), to_at.toISOString()])).toEqual([
      ['2026-04-30T03:30:00.000Z', '2026-05-01T03:30:00.000Z'],
      ['2026-04-30T03:30:00.000Z', '2026-05-02T03:30:00.000Z'],
      ['2026-05-02T03:30:00.000Z', '2026-05-05T03:30:00.000Z'],
    ]);
  });

  it('compares 100,000 payments, a batch in memory at a time and a part of the period at a time', async () => {
    const other = new Bench(orders);
    const begin = new Date('2026-06-01T00:00:00Z');
    for (let first = 1; first <= 100_000; first += 10_000) {
      await orders.run(
        `WITH o AS (INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
           SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'c', 'confirmed', 'GBP', 1000, 'tok_visa', now()
           FROM generate_series($1::int, $1 + 9999) n)
         INSERT INTO payment (order_id, status, charge_id, first_requested_at)
         SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'captured', 'pi_' || n,
           '2026-06-01T00:00:00Z'::timestamptz + n * interval '500 milliseconds'
         FROM generate_series($1::int, $1 + 9999) n`,
        [first],
      );
    }
    const held = { yielded: 0, written: 0, most: 0 };
    other.provider.payments = async function* () {
      for (let n = 100_000; n >= 1; n -= 1) {
        const [paymentId, orderId] = [`pi_${n}`, `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`];
        const amount = money(n === 4_711 ? 1_001 : 1_000, 'GBP');
        held.yielded += 1;
        held.most = Math.max(held.most, held.yielded - held.written);
        const state = { status: 'captured' as const, paymentId, amount, refunded: money(0, 'GBP') };
        yield { paymentId, orderId, asked: amount, state, createdAt: new Date(begin.getTime() + n * 500) };
      }
    };
    const watched: Querier = {
      query: async <Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> => {
        const rows = await orders.database.query<Row>(statement, values);
        held.written = held.yielded;
        return rows;
      },
    };
    const id = await other.ask(begin, new Date('2026-06-02T00:00:00Z'));

    await other.run(id, other.provider, watched);

    const found = await other.get(id);
    expect(found.payments).toBe(100_000);
    expect(found.items).toEqual([
      expect.objectContaining({ kind: 'amount', paymentId: 'pi_4711', theirs: '1001 GBP' }),
    ]);
    expect(held.most).toBeLessThanOrEqual(BATCH);
  }, 120_000);
});

/** What both sides agree on in all the ways there are, and what is of another period; gives an order of them. */
async function agreeing(orders: OrdersDatabase, provider: ProviderFixture, noon: Date, later: Date) {
  const agreed = await writePayment(orders, noon);
  provider.pay({ ...agreed, createdAt: later });
  await writePayment(orders, noon, { order: 'rejected', payment: 'declined' });
  const declined = await writePayment(orders, noon, { order: 'rejected', payment: 'declined' });
  provider.pay({ ...declined, createdAt: later, status: 'declined' });
  const voided = await writePayment(orders, noon, { order: 'cancelled', payment: 'voided' });
  provider.pay({ ...voided, createdAt: later, status: 'voided' });
  const undone = await writePayment(orders, noon, { order: 'cancelled', payment: 'voided' });
  const amount = money(1_000, 'GBP');
  const state = { status: 'captured' as const, paymentId: undone.paymentId, amount, refunded: amount };
  provider.pay({ ...undone, createdAt: later, state });
  provider.giveBack({ paymentId: undone.paymentId, refundId: undone.orderId, amount, createdAt: later });
  const refundId = await writeRefund(orders, agreed.orderId, later);
  provider.giveBack({ paymentId: agreed.paymentId, refundId, createdAt: later });
  // Asked for on the day before, made on this one: that day's.
  const before = await writePayment(orders, new Date('2026-01-31T23:59:59Z'), { payment: 'authorized' });
  provider.pay({ ...before, createdAt: new Date('2026-02-01T00:00:01Z') });
  return agreed;
}

/** A refund for each way in which both sides can differ, and the differences that are to be found. */
async function differingRefunds(orders: OrdersDatabase, provider: ProviderFixture, noon: Date, later: Date) {
  const paid = await writePayment(orders, noon);
  provider.pay({ ...paid, createdAt: later });
  const [missing, amount, currency, status] = [
    await writeRefund(orders, paid.orderId, later),
    await writeRefund(orders, paid.orderId, later),
    await writeRefund(orders, paid.orderId, later),
    await writeRefund(orders, paid.orderId, later, 'failed'),
  ];
  const { paymentId, orderId } = paid;
  provider.giveBack({ paymentId, refundId: amount, amount: money(401, 'GBP'), createdAt: later });
  provider.giveBack({ paymentId, refundId: currency, amount: money(400, 'EUR'), createdAt: later });
  provider.giveBack({ paymentId, refundId: status, createdAt: later });
  provider.giveBack({ id: 're_extra', paymentId, createdAt: later });
  const refund = { subject: 'refund', orderId };
  return [
    { ...refund, kind: 'missing', refundId: missing, ours: 'succeeded' },
    { ...refund, kind: 'amount', paymentId, refundId: amount, ours: '400 GBP', theirs: '401 GBP' },
    { ...refund, kind: 'currency', paymentId, refundId: currency, ours: '400 GBP', theirs: '400 EUR' },
    { ...refund, kind: 'status', paymentId, refundId: status, ours: 'failed', theirs: 'succeeded' },
    { ...refund, kind: 'extra', paymentId, refundId: 're_extra', theirs: 'succeeded 400 GBP' },
  ];
}

function byText(one: object, other: object): number {
  return JSON.stringify(sorted(one)) < JSON.stringify(sorted(other)) ? -1 : 1;
}

function sorted(one: object): [string, unknown][] {
  return Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
