import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { PaymentOutcomeUnknownError } from '../src/orders.errors.js';
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
beforeEach(() => {
  provider = new FakeProvider();
  bench = new SagaBench(orders, provider);
});

/** An order whose stock is set aside, and whose payment was asked for in a way that left it open. */
async function reserved(token?: string): Promise<string> {
  const id = await bench.place(token);
  await bench.step('reserved', id);
  return id;
}
const asked = async (id: string): Promise<void> => {
  await expect(bench.step('pay', id)).rejects.toThrow(PaymentOutcomeUnknownError);
};
/** Lets so many minutes pass for the order. */
const later = (id: string, minutes: number) =>
  orders.run('UPDATE order_history SET at = at - make_interval(mins => $2) WHERE order_id = $1', [id, minutes]);
const endedBy = (reason: string) => ({ status: 'rejected', reason });

describe('R24: an order that waits too long for its stock', () => {
  it('has the step asked for again', async () => {
    const id = await bench.place();

    await bench.timeOut(id, 1);

    expect((await bench.state(id)).sent).toEqual(['reserve-stock']);
    expect((await orders.messages(id))[0]?.data).toMatchObject({ orderId: id, items: [{}, {}] });
  });

  it('is reminded less and less often, at last when its reservation ends, and then rejected', async () => {
    const id = await bench.place();
    const waits: unknown[] = [];
    for (let times = 0; times < 3; times += 1) {
      await bench.timeOut(id, 1);
      waits.push(...(await bench.timers(id)));
    }
    expect(waits).toEqual([4, 8, 1].map((minutes) => ({ seconds: minutes * 60, step: 1 })));

    await bench.timeOut(id, 1);

    expect(await bench.timers(id)).toEqual([]);
    expect(await bench.state(id)).toMatchObject({
      ...endedBy('reservation-timeout'),
      sent: ['reserve-stock', 'reserve-stock', 'reserve-stock', 'release-stock', 'order-rejected'],
    });
    expect((await orders.messages(id)).at(-1)?.data).toMatchObject({
      reason: 'out-of-stock',
      detail: 'reservation-timeout',
    });
  });

  it('is rejected also where its time-outs themselves came late', async () => {
    const id = await bench.place();
    await later(id, 16);

    await bench.timeOut(id, 1);

    expect(await bench.state(id)).toMatchObject(endedBy('reservation-timeout'));
  });

  it('gives the stock back that is reserved too late, and is charged nothing', async () => {
    const id = await bench.place();
    await later(id, 16);
    await bench.timeOut(id, 1);

    await bench.step('reserved', id);
    await bench.step('pay', id);

    expect((await bench.state(id)).sent).toEqual(['release-stock', 'order-rejected', 'release-stock']);
    expect(provider.calls).toEqual([]);
  });
});

describe('R24: an order that waits too long for its payment', () => {
  it('is asked for once more where no request came to the provider, and rejected where that is of no use either', async () => {
    const id = await reserved();
    provider.around = unreachable;
    await asked(id);
    provider.around = (_, effect) => effect();

    await bench.timeOut(id, 2);
    expect((await bench.state(id)).sent).toEqual(['authorize-payment', 'authorize-payment']);
    expect(await bench.timers(id)).toEqual([{ seconds: 60, step: 2 }]);
    await bench.timeOut(id, 2);

    expect(await bench.state(id)).toMatchObject({
      ...endedBy('payment-timeout'),
      sent: ['authorize-payment', 'authorize-payment', 'release-stock', 'void-payment', 'order-rejected'],
    });
    expect((await orders.messages(id)).at(-1)?.data).toMatchObject({
      reason: 'payment-declined',
      detail: 'payment-timeout',
    });
  });

  it('is confirmed after an outage of the provider that was shorter than its time-out', async () => {
    const id = await reserved();
    provider.around = unreachable;
    // As often as the queue delivers the message before it gives it up.
    for (let receives = 0; receives < 8; receives += 1) await asked(id);
    provider.around = (_, effect) => effect();

    await bench.timeOut(id, 2);
    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
  });

  it('goes on where the provider set the money aside and its answer was lost', async () => {
    const id = await reserved();
    provider.around = answersLost;
    await asked(id);
    provider.around = (_, effect) => effect();

    await bench.timeOut(id, 2);
    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
    expect(provider.statesOf(id)).toEqual(['captured']);
  });

  it('goes on where the provider took the money and its answer was lost, even after the time of a reservation', async () => {
    const id = await reserved();
    provider.around = (operation, effect) => (operation === 'capture' ? answersLost(operation, effect) : effect());
    await asked(id);
    await later(id, 16);

    await bench.timeOut(id, 2);
    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
    expect(provider.statesOf(id)).toEqual(['captured']);
  });

  it('is rejected where the customer did not prove who they are, and what was begun is voided', async () => {
    const id = await reserved('tok_threeDSecure2Required');
    await bench.step('pay', id);
    expect(await bench.state(id)).toMatchObject({ status: 'reserved', payment: 'requires-action' });

    await bench.timeOut(id, 2);
    await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({ ...endedBy('payment-timeout'), payment: 'voided' });
    expect(provider.statesOf(id)).toEqual(['voided']);
  });

  it('waits on while the provider processes, and is rejected when its reservation ends', async () => {
    const id = await reserved('tok_processing');
    await bench.step('pay', id);
    expect(await bench.later(id)).toEqual([{ type: 'authorize-payment', seconds: 10 }]);

    await bench.timeOut(id, 2);
    expect(await bench.state(id)).toMatchObject({ status: 'reserved', payment: 'processing' });
    await later(id, 16);
    await bench.timeOut(id, 2);
    await bench.step('void', id);
    expect(await bench.state(id)).toMatchObject({ ...endedBy('reservation-timeout'), payment: 'processing' });
    provider.becomes(id, 'captured');
    await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({ status: 'rejected', payment: 'voided' });
    expect(provider.statesOf(id)).toEqual(['refunded']);
  });

  it('is rejected when its reservation ends though the provider cannot be asked, and its money goes back later', async () => {
    const id = await reserved();
    provider.around = (operation, effect) =>
      operation === 'authorize' ? answersLost(operation, effect) : unreachable(operation, effect);
    await asked(id);
    const states: unknown[] = [];
    for (let minute = 2; minute <= 15; minute += 1) {
      states.push((await bench.state(id)).status);
      await bench.timeOut(id, 2);
    }

    expect(new Set(states)).toEqual(new Set(['reserved']));
    expect(await bench.state(id)).toMatchObject({
      ...endedBy('reservation-timeout'),
      sent: ['authorize-payment', 'release-stock', 'void-payment', 'order-rejected'],
    });
    await bench.step('void', id);
    expect(provider.statesOf(id)).toEqual(['authorized']);
    provider.around = (_, effect) => effect();
    await bench.step('void', id);
    expect(provider.statesOf(id)).toEqual(['voided']);
  });

  it('tells a decline that was never heard of by its name', async () => {
    const id = await reserved('tok_chargeDeclined');
    provider.around = answersLost;
    await asked(id);
    provider.around = (_, effect) => effect();

    await bench.timeOut(id, 2);

    expect(await bench.state(id)).toMatchObject({
      ...endedBy('payment-declined'),
      payment: 'declined',
      sent: ['authorize-payment', 'release-stock', 'order-rejected'],
    });
  });

  it('has its stock released once, however many time-outs and answers come', async () => {
    const id = await reserved('tok_threeDSecure2Required');
    await bench.step('pay', id);
    await Promise.all([1, 2, 3].map(() => bench.timeOut(id, 2)));
    await Promise.all([1, 2].flatMap(() => [bench.timeOut(id, 3), bench.step('pay', id), bench.step('void', id)]));

    const { sent } = await bench.state(id);
    expect(sent.filter((type) => type === 'release-stock')).toHaveLength(1);
    expect(sent.filter((type) => type === 'order-rejected')).toHaveLength(1);
  });
});

describe('R24: the time-outs of an order', () => {
  const overdue = (id: string) =>
    orders.run(`UPDATE orders SET due_at = now() - interval '6 minutes' WHERE id = $1`, [id]);

  it('leave an order alone that has left their step', async () => {
    const [moved, ended] = [await bench.place(), await bench.place()];
    await bench.step('reserved', moved);
    await bench.step('cancel', ended);

    await bench.timeOut(moved, 1);
    await bench.timeOut(ended, 1);

    expect((await bench.state(moved)).sent).toEqual(['authorize-payment']);
    expect((await bench.state(ended)).sent).toEqual(['release-stock', 'order-cancelled']);
  });

  it('are one at a time, of the step it is in, and none once it has ended', async () => {
    const id = await bench.place();
    const timers: unknown[] = [];
    for (const step of ['reserved', 'pay'] as const) {
      await bench.step(step, id);
      timers.push(await bench.timers(id));
    }

    expect(timers).toEqual([[{ seconds: 120, step: 2 }], []]);
  });

  it('are sent again where the message was lost, by one replica', async () => {
    const [lost, recent, ended] = [await bench.place(), await bench.place(), await bench.place()];
    await bench.step('cancel', ended);
    await Promise.all([lost, ended].map(overdue));

    const resent = await Promise.all([1, 2, 3].map(() => new SagaBench(orders, provider).saga.resendLost()));

    expect(resent.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
    expect(await bench.timers(lost)).toEqual([{ seconds: 0, step: 1 }]);
    expect(await bench.timers(recent)).toEqual([]);
    expect(await bench.timers(ended)).toEqual([]);
  });

  it('R38: are not lost though a version that sets none placed and moved it', async () => {
    const id = await bench.place();
    await orders.run(
      `UPDATE orders SET status = 'reserved', version = version + 1, due_at = now() - interval '6 minutes' WHERE id = $1`,
      [id],
    );

    await bench.timeOut(id, 1);
    expect((await bench.state(id)).sent).toEqual([]);
    expect(await bench.saga.resendLost()).toBeGreaterThanOrEqual(1);
    expect(await bench.timers(id)).toEqual([{ seconds: 0, step: 2 }]);
    await bench.timeOut(id, 2);

    expect((await bench.state(id)).sent).toEqual(['authorize-payment']);
    expect(await bench.timers(id)).toContainEqual({ seconds: 60, step: 2 });
  });
});
