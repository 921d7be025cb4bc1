import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RetryLater } from '@lethe/messaging';
import { deferred } from '@lethe/testing';
import { Logger } from '@nestjs/common';
import { IllegalTransitionError, OrderMissingError } from '../src/orders.errors.js';
import { type Around, FakeProvider, killedAfter, onceAround, unreachable } from './fake-provider.js';
import { OrdersDatabase } from './orders-database.js';
import { SagaBench, type Step } from './saga-bench.js';

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

describe('the saga of an order', () => {
  it('goes from pending to confirmed, with a row of history per state', async () => {
    const id = await bench.place();

    await bench.step('reserved', id);
    await bench.step('pay', id);

    expect(await bench.state(id)).toEqual({
      status: 'confirmed',
      reason: null,
      history: ['pending', 'reserved', 'paid', 'confirmed'],
      payment: 'captured',
      sent: ['authorize-payment', 'order-confirmed'],
    });
    await moneyFitsOrder(id);
  });

  it('tells in OrderConfirmed what was sold', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    await bench.step('pay', id);

    const line = { sku: 'SKU', name: 'Lamp', quantity: 1, unitPrice: { amount: 250, currency: 'GBP' } };
    expect((await orders.messages(id)).at(-1)?.data).toMatchObject({
      orderId: id,
      total: { amount: 500, currency: 'GBP' },
      items: [line, line],
    });
  });

  it('ends as rejected when there is no stock, and asks for no money', async () => {
    const id = await bench.place();

    await bench.step('rejected', id);

    expect(await bench.state(id)).toMatchObject({
      status: 'rejected',
      reason: 'out-of-stock',
      sent: ['order-rejected'],
    });
    await moneyFitsOrder(id);
  });

  it('R24: gives the stock back when the payment is declined', async () => {
    const id = await bench.place('tok_chargeDeclined');
    await bench.step('reserved', id);

    await bench.step('pay', id);

    expect(await bench.state(id)).toEqual({
      status: 'rejected',
      reason: 'payment-declined',
      history: ['pending', 'reserved', 'rejected'],
      payment: 'declined',
      sent: ['authorize-payment', 'release-stock', 'order-rejected'],
    });
  });

  it('fails for an order that does not exist, so that the message ends in the dead-letter queue', async () => {
    await expect(bench.step('reserved', randomUUID())).rejects.toThrow(OrderMissingError);
  });
});

describe('R13: messages delivered again and in any order', () => {
  it.each([1, 2, 5])('have the effect of one when each comes %i times, at once', async (times) => {
    const id = await bench.place();
    for (const step of ['reserved', 'pay'] as const) {
      const messageId = randomUUID();
      await Promise.all(Array.from({ length: times }, () => bench.step(step, id, messageId)));
    }

    expect((await bench.state(id)).sent).toEqual(['authorize-payment', 'order-confirmed']);
    await moneyFitsOrder(id);
  });

  it('have no effect when sent twice under different ids', async () => {
    const id = await bench.place();
    for (const step of ['reserved', 'reserved', 'pay', 'pay', 'reserved', 'rejected'] as const)
      await bench.step(step, id);

    expect(await bench.state(id)).toMatchObject({
      history: ['pending', 'reserved', 'paid', 'confirmed'],
      sent: ['authorize-payment', 'order-confirmed'],
    });
  });

  const orderings: Step[][] = [
    ['cancel', 'reserved', 'pay', 'void'],
    ['reserved', 'cancel', 'pay', 'void'],
    ['void', 'cancel', 'pay', 'reserved'],
    ['pay', 'cancel', 'reserved', 'reserved'],
  ];
  it.each(orderings.map((steps) => [steps.join(', '), steps] as const))(
    'R24: a cancelled order stays cancelled, its stock is given back and no money is kept: %s',
    async (_, steps) => {
      const id = await bench.place();
      for (const step of steps) await bench.step(step, id);

      const { status, sent } = await bench.state(id);
      expect(status).toBe('cancelled');
      expect(sent).toContain('release-stock');
      expect(sent).not.toContain('order-confirmed');
      await moneyFitsOrder(id);
    },
  );
});

describe('a cancellation that meets the payment', () => {
  const cancelAfter =
    (id: string): Around =>
    async (_, effect) => {
      const outcome = await effect();
      await bench.step('cancel', id);
      return outcome;
    };

  it.each([
    ['authorize', ['voided']],
    ['capture', ['refunded']],
  ] as const)('R24: gets its money back when it came after the %s', async (at, left) => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround(at, cancelAfter(id));

    await bench.step('pay', id);
    expect((await bench.state(id)).status).toBe('cancelled');
    for (let times = 0; times < 3; times += 1) await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({
      payment: 'voided',
      sent: ['authorize-payment', 'release-stock', 'void-payment', 'order-cancelled', 'void-payment'],
    });
    expect(provider.statesOf(id)).toEqual(left);
    await moneyFitsOrder(id);
  });

  it('lets go of what is set aside and takes nothing', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround('authorize', cancelAfter(id));

    await bench.step('pay', id);

    expect(provider.calls).toEqual(['authorize']);
  });

  it('owes nothing when the charge was declined', async () => {
    const id = await bench.place('tok_chargeDeclined');
    await bench.step('reserved', id);
    provider.around = onceAround('authorize', cancelAfter(id));

    await bench.step('pay', id);
    await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({ status: 'cancelled', payment: 'declined' });
  });

  it.each([
    ['authorize', 'voided'],
    ['capture', 'refunded'],
  ] as const)(
    'R24: gives it back when the replica died after the %s and the order is then cancelled',
    async (at, left) => {
      const id = await bench.place();
      await bench.step('reserved', id);
      provider.around = onceAround(at, killedAfter);
      await expect(bench.step('pay', id)).rejects.toThrow('killed here');

      await bench.step('cancel', id);
      await bench.step('pay', id);
      await bench.step('void', id);

      expect(await bench.state(id)).toMatchObject({ status: 'cancelled', payment: 'voided' });
      expect(provider.statesOf(id)).toEqual([left]);
    },
  );

  it('waits while the charge may still be on its way, and gives it back when it comes late', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    const asked = deferred();
    const letGo = deferred();
    provider.around = onceAround('authorize', async (_, effect) => {
      asked.resolve();
      await letGo.promise;
      return effect();
    });
    const paying = bench.step('pay', id);
    await asked.promise;
    await bench.step('cancel', id);

    await expect(bench.step('void', id)).rejects.toThrow(RetryLater);
    letGo.resolve();
    await paying;
    await bench.step('void', id);

    expect(provider.statesOf(id)).toEqual(['voided']);
    await moneyFitsOrder(id);
  });

  it('gives back even a charge that comes after it was taken for lost', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround('authorize', async (_, effect) => {
      await bench.step('cancel', id);
      await orders.run(`UPDATE payment SET requested_at = now() - interval '1 hour' WHERE order_id = $1`, [id]);
      await bench.step('void', id);
      expect(await bench.state(id)).toMatchObject({ payment: 'voided' });
      return effect();
    });

    await bench.step('pay', id);
    await bench.step('void', id);

    expect(provider.statesOf(id)).toEqual(['voided']);
    await moneyFitsOrder(id);
  });

  it('goes on asking a provider that is away, for as long as it takes', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    provider.around = onceAround('capture', killedAfter);
    await expect(bench.step('pay', id)).rejects.toThrow('killed here');
    await bench.step('cancel', id);
    provider.around = unreachable;

    await bench.step('void', id);
    expect(await bench.later(id)).toContainEqual({ type: 'void-payment', seconds: 30 });
    await orders.run(`UPDATE payment SET requested_at = now() - make_interval(mins => 10) WHERE order_id = $1`, [id]);
    await bench.step('void', id);
    expect(await bench.later(id)).toContainEqual({ type: 'void-payment', seconds: 600 });
    provider.around = (_, effect) => effect();
    await bench.step('void', id);

    expect(provider.statesOf(id)).toEqual(['refunded']);
    await moneyFitsOrder(id);
  });

  it('is refused once the order is paid, and names what the order can still become', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    await bench.step('pay', id);

    await expect(bench.step('cancel', id)).rejects.toThrow(IllegalTransitionError);
    expect((await bench.state(id)).status).toBe('confirmed');
  });

  it('R24: ends the same however it races with stock and payment', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => bench.place()));
    const race = async (id: string, at: number) => {
      const cancel = () =>
        bench.step('cancel', id).catch((error: unknown) => {
          if (!(error instanceof IllegalTransitionError)) throw error;
        });
      const forward = async () => {
        await bench.step('reserved', id);
        await bench.step('pay', id);
      };
      await (at % 2 === 0 ? Promise.all([forward(), cancel()]) : Promise.all([cancel(), forward()]));
      if ((await bench.state(id)).sent.includes('void-payment')) await bench.step('void', id);
    };
    await Promise.all(ids.map(race));

    for (const id of ids) {
      const { status, sent } = await bench.state(id);
      expect(['cancelled', 'confirmed']).toContain(status);
      expect(sent.includes('release-stock')).toBe(status === 'cancelled');
      await moneyFitsOrder(id);
    }
  });
});
