import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Money } from '@lethe/kernel';
import { eventually } from '@lethe/testing';
import { PaymentRefusedError } from '../src/orders.errors.js';
import type { PaymentState, ProviderPayment } from '../src/payment/payment.state.js';
import type { StripePaymentGateway } from '../src/payment/stripe/stripe-payment.gateway.js';
import { ProviderUnderTest, isReal } from './provider-under-test.js';

// What every provider behind the port does. With STRIPE_API_KEY=sk_test_… it is held against an account at Stripe.

let provider: ProviderUnderTest;
let gateway: StripePaymentGateway;
let began: Date;

beforeAll(async () => {
  began = new Date();
  provider = await ProviderUnderTest.start();
});
afterAll(() => provider.stop());
beforeEach(async () => {
  await provider.calm();
  gateway = provider.gateway();
});

const pounds = (amount: number): Money => ({ amount, currency: 'GBP' });
const order = (paymentToken = 'tok_visa') => ({
  orderId: randomUUID(),
  paymentToken,
  total: pounds(1_250),
  returnUrl: 'http://localhost:8080/',
});
type Order = ReturnType<typeof order>;
const authorize = (request: Order) => gateway.authorize(request, `${request.orderId}:authorize`);

async function authorized(request: Order = order()): Promise<string> {
  const state = await authorize(request);
  if (state.status !== 'authorized') throw new Error(`the payment is ${state.status}`);
  return state.paymentId;
}
async function captured(request: Order = order()): Promise<string> {
  const paymentId = await authorized(request);
  await gateway.capture(paymentId, `${request.orderId}:capture`);
  return paymentId;
}
async function listed<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of all) found.push(each);
  return found;
}
/** The provider's list of an order's payments. */
async function paymentsOf({ orderId }: Order): Promise<ProviderPayment[]> {
  const all = await listed(gateway.payments({ from: began, to: new Date(Date.now() + 60_000) }));
  return all.filter((payment) => payment.orderId === orderId);
}

describe('authorize', () => {
  it('sets the money aside, and takes none of it', async () => {
    const request = order();
    const state = await authorize(request);

    expect(state).toEqual({ status: 'authorized', paymentId: expect.stringMatching(/^pi_/), amount: pounds(1_250) });
    expect(await paymentsOf(request)).toMatchObject([{ asked: pounds(1_250), state }]);
  });

  it('does so once per key, however often it is asked', async () => {
    const request = order();

    const states = [await authorize(request), await authorize(request), await authorize(request)];

    expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(1);
    expect(await paymentsOf(request)).toHaveLength(1);
  });

  it.each([
    ['tok_chargeDeclined', 'card_declined'],
    ['tok_chargeDeclinedInsufficientFunds', 'card_declined'],
    ['tok_chargeDeclinedExpiredCard', 'expired_card'],
    ['tok_chargeDeclinedProcessingError', 'processing_error'],
  ])('has the refusal of a card for an answer, the same again: %s', async (token, code) => {
    const request = order(token);
    const state = await authorize(request);

    expect(state).toEqual({ status: 'declined', paymentId: expect.stringMatching(/^pi_/), code });
    expect(await authorize(request)).toEqual(state);
    expect(await paymentsOf(request)).toMatchObject([{ state }]);
  });

  it('has it for an answer that there is no such card', async () => {
    expect(await authorize(order('tok_nobodyKnows'))).toEqual({ status: 'declined', code: 'resource_missing' });
    expect(await authorize(order('pm_nobodyKnows'))).toEqual({ status: 'declined', code: 'resource_missing' });
  });

  it('sends the customer to a page where 3-D Secure is required', async () => {
    const state = await authorize(order('tok_threeDSecure2Required'));

    expect(state).toMatchObject({ status: 'requires-action', actionUrl: expect.stringMatching(/^https?:/) });
  });

  it('refuses the key of another request, and an amount that is none', async () => {
    const request = order();
    await authorize(request);

    const dearer = { ...request, total: pounds(9_999) };
    await expect(authorize(dearer)).rejects.toThrow(PaymentRefusedError);
    await expect(authorize({ ...order(), total: pounds(0) })).rejects.toThrow(PaymentRefusedError);
    expect(await paymentsOf(request)).toHaveLength(1);
  });
});

describe('capture', () => {
  it('takes what was set aside, once, by whatever key', async () => {
    const request = order();
    const paymentId = await authorized(request);
    const taken: PaymentState = { status: 'captured', paymentId, amount: pounds(1_250), refunded: pounds(0) };

    expect(await gateway.capture(paymentId, `${request.orderId}:capture`)).toEqual(taken);
    expect(await gateway.capture(paymentId, `${request.orderId}:capture`)).toEqual(taken);
    expect(await gateway.capture(paymentId, `${request.orderId}:again`)).toEqual(taken);
    expect(await paymentsOf(request)).toMatchObject([{ state: taken }]);
  });

  it('tells that the payment was let go of, or declined', async () => {
    const request = order();
    const voided = await authorized(request);
    await gateway.void(voided, `${request.orderId}:void`);
    const declined = await authorize(order('tok_chargeDeclined'));

    expect(await gateway.capture(voided, `${request.orderId}:capture`)).toEqual({
      status: 'voided',
      paymentId: voided,
    });
    expect(await gateway.capture(declined.paymentId ?? '', randomUUID())).toEqual(declined);
  });

  it('refuses a payment that does not exist', async () => {
    await expect(gateway.capture('pi_none', randomUUID())).rejects.toThrow(PaymentRefusedError);
  });
});

describe('void', () => {
  it('lets go of what was set aside, once, by whatever key', async () => {
    const request = order();
    const paymentId = await authorized(request);

    for (const key of [`${request.orderId}:void`, `${request.orderId}:void`, randomUUID()]) {
      expect(await gateway.void(paymentId, key)).toEqual({ status: 'voided', paymentId });
    }
    expect(await paymentsOf(request)).toMatchObject([{ state: { status: 'voided' } }]);
  });

  it('tells that the money was taken', async () => {
    const paymentId = await captured();

    expect(await gateway.void(paymentId, randomUUID())).toMatchObject({ status: 'captured', amount: pounds(1_250) });
  });

  it.each(['tok_chargeDeclined', 'tok_threeDSecure2Required'])(
    'ends an attempt that took nothing: %s',
    async (token) => {
      const request = order(token);
      const { paymentId = '' } = await authorize(request);

      expect(await gateway.void(paymentId, `${request.orderId}:void`)).toEqual({ status: 'voided', paymentId });
    },
  );
});

describe('refund', () => {
  const refundOf = (paymentId: string, amount: number, refundId: string = randomUUID()) => ({
    paymentId,
    amount: pounds(amount),
    refundId,
    orderId: randomUUID(),
  });

  it('R26: gives back in parts, each once, and never more than was taken', async () => {
    const paymentId = await captured();
    const [first, second] = [refundOf(paymentId, 400), refundOf(paymentId, 850)];

    const given = await gateway.refund(first, first.refundId);
    expect(await gateway.refund(first, first.refundId)).toEqual(given);
    expect(given).toMatchObject({ status: 'succeeded', ...first });
    const tooMuch = refundOf(paymentId, 851);
    await expect(gateway.refund(tooMuch, tooMuch.refundId)).rejects.toThrow(PaymentRefusedError);
    await gateway.refund(second, second.refundId);
    const more = refundOf(paymentId, 1);
    await expect(gateway.refund(more, more.refundId)).rejects.toMatchObject({ code: 'charge_already_refunded' });

    const refunds = await gateway.refundsOf(paymentId);
    expect(new Set(refunds.map((refund) => refund.refundId))).toEqual(new Set([first.refundId, second.refundId]));
    expect(refunds).toHaveLength(2);
    expect(await gateway.find({ orderId: 'any', paymentId, since: began })).toMatchObject({ refunded: pounds(1_250) });
  });

  it('refuses where no money was taken', async () => {
    const refund = refundOf(await authorized(), 1);

    await expect(gateway.refund(refund, refund.refundId)).rejects.toThrow(PaymentRefusedError);
  });

  it.each([
    ['tok_refundFail', 'failed'],
    ['tok_pendingRefund', 'succeeded'],
  ])('is asked about where the bank takes its time: %s', async (token, end) => {
    const paymentId = await captured(order(token));
    const refund = refundOf(paymentId, 100);
    await gateway.refund(refund, refund.refundId);

    await eventually(
      async () =>
        expect(await gateway.refundsOf(paymentId)).toMatchObject([{ refundId: refund.refundId, status: end }]),
      { timeoutMs: isReal ? 60_000 : 10_000 },
    );
  });
});

describe('find', () => {
  it('tells what became of a payment, by its id and by its order', async () => {
    const request = order();
    const paymentId = await captured(request);
    const { orderId } = request;

    const taken = { status: 'captured', paymentId, amount: pounds(1_250), refunded: pounds(0) };
    expect(await gateway.find({ orderId, paymentId, since: began })).toEqual(taken);
    expect(await gateway.find({ orderId, since: began })).toEqual(taken);
    expect(await gateway.find({ orderId, since: began, until: new Date() })).toEqual(taken);
  });

  it('R36: finds it though the clocks differ by minutes', async () => {
    const request = order();
    const paymentId = await authorized(request);

    const ahead = new Date(Date.now() + 240_000);
    expect(await gateway.find({ orderId: request.orderId, since: ahead })).toMatchObject({ paymentId });
  });

  it('says that there is none', async () => {
    expect(await gateway.find({ orderId: randomUUID(), since: began })).toBeUndefined();
    expect(await gateway.find({ orderId: randomUUID(), paymentId: 'pi_none', since: began })).toBeUndefined();
  });

  it('prefers the payment that took money, where an order has several', async () => {
    const { orderId } = order();
    const [token, declined] = ['tok_visa', 'tok_chargeDeclined'];
    const request = { ...order(token), orderId };
    const good = await gateway.authorize(request, randomUUID());
    await gateway.authorize({ ...request, paymentToken: declined }, randomUUID());

    expect(await gateway.find({ orderId, since: began })).toEqual(good);
  });
});

describe('the lists of payments and refunds', () => {
  // Stripe gives 100 at a time; so many payments at a real account would take long, and its pages are its own affair.
  const COUNT = isReal ? 3 : 230;

  it('have every payment and every refund of a period once, from all pages, the newest first', async () => {
    const from = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const made: string[] = [];
    for (let at = 0; at < COUNT; at += 10) {
      made.push(...(await Promise.all(Array.from({ length: Math.min(10, COUNT - at) }, () => authorized()))));
    }
    const paymentId = await captured();
    const refundId = randomUUID();
    await gateway.refund({ paymentId, amount: pounds(5), refundId, orderId: 'o1' }, refundId);
    const to = new Date();

    const payments = await listed(gateway.payments({ from, to }));
    const ids = payments.map((payment) => payment.paymentId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...made, paymentId]));
    const times = payments.map(({ createdAt }) => createdAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const refunds = await listed(gateway.refunds({ from, to }));
    expect(refunds.filter((refund) => refund.refundId === refundId)).toMatchObject([
      { paymentId, orderId: 'o1', amount: pounds(5), status: 'succeeded' },
    ]);
    const before = { from: new Date(from.getTime() - 60_000), to: new Date(from.getTime() - 59_000) };
    expect(await listed(gateway.refunds(before))).toEqual([]);
  });
});
