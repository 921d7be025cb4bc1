import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RetryLater } from '@lethe/messaging';
import { deferred } from '@lethe/testing';
import { IllegalTransitionError, OrderMissingError, PaymentOutcomeUnknownError } from '../src/orders.errors.js';
import { HttpPaymentGateway } from '../src/payment/http-payment.gateway.js';
import { type ChargeOutcome, type ChargeRequest, ChargeGateway } from '../src/payment/charge.gateway.js';
import { OrdersDatabase } from './orders-database.js';
import { SagaBench, type Step } from './saga-bench.js';
import { SimulatorProcess } from './simulator-process.js';

let orders: OrdersDatabase;
let simulator: SimulatorProcess;
let provider: HttpPaymentGateway;
let bench: SagaBench;

beforeAll(async () => {
  [orders, simulator] = await Promise.all([OrdersDatabase.create(), SimulatorProcess.start()]);
  provider = new HttpPaymentGateway({ baseUrl: simulator.url });
  bench = new SagaBench(orders, provider);
});
afterAll(async () => {
  await provider.close();
  await Promise.all([orders.close(), simulator.stop()]);
});
beforeEach(() => simulator.set({ latencyMs: 0, failureRate: 0 }));

/** The provider, with something happening around the charge. */
class Around extends ChargeGateway {
  constructor(private readonly around: (charge: () => Promise<ChargeOutcome>) => Promise<ChargeOutcome>) {
    super();
  }
  override charge(request: ChargeRequest): Promise<ChargeOutcome> {
    return this.around(() => provider.charge(request));
  }
  override refund(chargeId: string): Promise<void> {
    return provider.refund(chargeId);
  }
  override find(orderId: string) {
    return provider.find(orderId);
  }
}

/** C5: money is with us exactly if the order is paid. */
async function moneyFitsOrder(orderId: string): Promise<void> {
  const { status, payment } = await bench.state(orderId);
  const charges = await simulator.chargesOf(orderId);
  const held = charges.filter((charge) => charge === 'succeeded').length;
  expect({ held, captured: payment === 'captured' }).toEqual({
    held: status === 'confirmed' ? 1 : 0,
    captured: status === 'confirmed',
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

  it.each(['tok_chargeDeclined', 'tok_nobodyKnows'])(
    'R24: gives the stock back when the payment by %s is declined',
    async (token) => {
      const id = await bench.place(token);
      await bench.step('reserved', id);

      await bench.step('pay', id);

      expect(await bench.state(id)).toEqual({
        status: 'rejected',
        reason: 'payment-declined',
        history: ['pending', 'reserved', 'rejected'],
        payment: 'declined',
        sent: ['authorize-payment', 'release-stock', 'order-rejected'],
      });
    },
  );

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

describe('a payment whose outcome is unknown', () => {
  it.each([1, 2, 3, 4])('is asked again by the same key until it is known, and charged once (round %i)', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    await simulator.set({ failureRate: 1 });

    await expect(bench.step('pay', id)).rejects.toThrow(PaymentOutcomeUnknownError);
    expect(await bench.state(id)).toMatchObject({ status: 'reserved', payment: 'requested' });
    await simulator.set({ failureRate: 0 });
    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
    expect(await simulator.chargesOf(id)).toEqual(['succeeded']);
  });

  it('R24: a crash after the charge and before the commit charges once', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    const crashing = new SagaBench(
      orders,
      new Around(async (charge) => {
        await charge();
        throw new Error('killed here');
      }),
    );

    await expect(crashing.step('pay', id)).rejects.toThrow('killed here');
    await simulator.killAndRestart();
    await bench.step('pay', id);

    expect((await bench.state(id)).status).toBe('confirmed');
    expect(await simulator.chargesOf(id)).toEqual(['succeeded']);
  });
});

describe('a cancellation that meets the payment', () => {
  /** Cancels between the charge and the commit that would confirm it. */
  const cancelling = (id: string) =>
    new SagaBench(
      orders,
      new Around(async (charge) => {
        const outcome = await charge();
        await bench.step('cancel', id);
        return outcome;
      }),
    );

  it('R24: gets its money back when the order was charged meanwhile', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);

    await cancelling(id).step('pay', id);
    expect(await bench.state(id)).toMatchObject({ status: 'cancelled', payment: 'captured' });
    for (let times = 0; times < 3; times += 1) await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({
      payment: 'voided',
      sent: ['authorize-payment', 'release-stock', 'void-payment', 'order-cancelled', 'void-payment'],
    });
    expect(await simulator.chargesOf(id)).toEqual(['refunded']);
    await moneyFitsOrder(id);
  });

  it('owes nothing when the charge was declined', async () => {
    const id = await bench.place('tok_chargeDeclined');
    await bench.step('reserved', id);

    await cancelling(id).step('pay', id);
    await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({ status: 'cancelled', payment: 'declined' });
  });

  it('R24: gives the money back when the replica died after the charge and the order is then cancelled', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    const crashing = new SagaBench(
      orders,
      new Around(async (charge) => {
        await charge();
        throw new Error('killed here');
      }),
    );
    await expect(crashing.step('pay', id)).rejects.toThrow('killed here');

    await bench.step('cancel', id);
    await bench.step('pay', id);
    await bench.step('void', id);

    expect(await bench.state(id)).toMatchObject({ status: 'cancelled', payment: 'voided' });
    expect(await simulator.chargesOf(id)).toEqual(['refunded']);
  });

  it('waits while the charge may still be on its way, and gives it back when it comes late', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    const asked = deferred();
    const letGo = deferred();
    const slow = new SagaBench(
      orders,
      new Around(async (charge) => {
        asked.resolve();
        await letGo.promise;
        return charge();
      }),
    );
    const paying = slow.step('pay', id);
    await asked.promise;
    await bench.step('cancel', id);

    await expect(bench.step('void', id)).rejects.toThrow(RetryLater);
    letGo.resolve();
    await paying;
    await bench.step('void', id);

    expect(await simulator.chargesOf(id)).toEqual(['refunded']);
    await moneyFitsOrder(id);
  });

  it('gives back even a charge that comes after it was taken for lost', async () => {
    const id = await bench.place();
    await bench.step('reserved', id);
    const late = new SagaBench(
      orders,
      new Around(async (charge) => {
        await bench.step('cancel', id);
        await orders.run(`UPDATE payment SET requested_at = now() - interval '1 hour' WHERE order_id = $1`, [id]);
        await bench.step('void', id);
        expect(await bench.state(id)).toMatchObject({ payment: 'voided' });
        return charge();
      }),
    );

    await late.step('pay', id);
    await bench.step('void', id);

    expect(await simulator.chargesOf(id)).toEqual(['refunded']);
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
