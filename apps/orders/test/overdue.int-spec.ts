import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type KnownCharge, type ChargeOutcome, ChargeGateway } from '../src/payment/charge.gateway.js';
import { OrdersDatabase } from './orders-database.js';
import { SagaBench } from './saga-bench.js';

/** A provider that takes every charge, and knows of none. */
class Agreeable extends ChargeGateway {
  override charge(): Promise<ChargeOutcome> {
    return Promise.resolve({ status: 'captured', chargeId: 'ch_1' });
  }
  override refund(): Promise<void> {
    return Promise.resolve();
  }
  override find(): Promise<KnownCharge | undefined> {
    return Promise.resolve(undefined);
  }
}

const provider = new Agreeable();
let orders: OrdersDatabase;
let bench: SagaBench;

beforeAll(async () => {
  Logger.overrideLogger(false);
  orders = await OrdersDatabase.create();
  bench = new SagaBench(orders, provider);
});
afterAll(() => orders.close());

describe('R24: an order that waits too long', () => {
  const overdue = (id: string) =>
    orders.run(`UPDATE orders SET due_at = now() - interval '6 minutes' WHERE id = $1`, [id]);

  it('for stock or for its payment has the step asked for again', async () => {
    const [waiting, reserved] = [await bench.place(), await bench.place()];
    await bench.step('reserved', reserved);

    await bench.timeOut(waiting, 1);
    await bench.timeOut(reserved, 2);

    expect((await bench.state(waiting)).sent).toEqual(['reserve-stock']);
    expect((await orders.messages(waiting))[0]?.data).toMatchObject({ orderId: waiting, items: [{}, {}] });
    expect((await bench.state(reserved)).sent).toEqual(['authorize-payment', 'authorize-payment']);
  });

  it('is left alone by the time-out of a step that it has left', async () => {
    const [moved, ended] = [await bench.place(), await bench.place()];
    await bench.step('reserved', moved);
    await bench.step('cancel', ended);

    await bench.timeOut(moved, 1);
    await bench.timeOut(ended, 1);

    expect((await bench.state(moved)).sent).toEqual(['authorize-payment']);
    expect((await bench.state(ended)).sent).toEqual(['release-stock', 'order-cancelled']);
  });

  it('has one time-out, of the step it is in, and none once it has ended', async () => {
    const id = await bench.place();
    const timers: unknown[] = [];
    for (const step of ['reserved', 'pay'] as const) {
      await bench.step(step, id);
      timers.push(await bench.timers(id));
    }

    expect(timers).toEqual([[{ seconds: 120, step: 2 }], []]);
  });

  it('is reminded less and less often, and from the start again in its next step', async () => {
    const id = await bench.place();
    const waits: unknown[] = [];
    for (let times = 0; times < 7; times += 1) {
      await bench.timeOut(id, 1);
      waits.push(...(await bench.timers(id)));
    }
    await bench.step('reserved', id);

    expect(waits).toEqual([4, 8, 16, 32, 64, 64, 64].map((minutes) => ({ seconds: minutes * 60, step: 1 })));
    expect(await bench.timers(id)).toEqual([{ seconds: 120, step: 2 }]);
  });

  it('has its time-out sent again where the message was lost, by one replica', async () => {
    const [lost, recent, ended] = [await bench.place(), await bench.place(), await bench.place()];
    await bench.step('cancel', ended);
    await Promise.all([lost, ended].map(overdue));

    const resent = await Promise.all([1, 2, 3].map(() => new SagaBench(orders, provider).saga.resendLost()));

    expect(resent.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
    expect(await bench.timers(lost)).toEqual([{ seconds: 0, step: 1 }]);
    expect(await bench.timers(recent)).toEqual([]);
    expect(await bench.timers(ended)).toEqual([]);
  });

  it('R38: is not lost though a version that sets no time-outs placed and moved it', async () => {
    const id = await bench.place();
    await orders.run(
      `UPDATE orders SET status = 'reserved', version = version + 1, due_at = now() - interval '6 minutes' WHERE id = $1`,
      [id],
    );

    await bench.timeOut(id, 1);
    expect((await bench.state(id)).sent).toEqual([]);
    expect(await bench.saga.resendLost()).toBe(1);
    expect(await bench.timers(id)).toEqual([{ seconds: 0, step: 2 }]);
    await bench.timeOut(id, 2);

    expect((await bench.state(id)).sent).toEqual(['authorize-payment']);
    expect(await bench.timers(id)).toContainEqual({ seconds: 240, step: 2 });
  });
});
