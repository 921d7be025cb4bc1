import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { PaymentOutcomeUnknownError } from '../src/orders.errors.js';
import type { StripePaymentGateway } from '../src/payment/stripe/stripe-payment.gateway.js';
import { ProviderUnderTest } from './provider-under-test.js';
import { SimulatorProcess } from './simulator-process.js';

// Only the simulator fails when it is told to: this suite never calls Stripe itself.

let provider: ProviderUnderTest;
let gateway: StripePaymentGateway;
let simulator: SimulatorProcess;
const began = new Date();

beforeAll(async () => {
  simulator = await SimulatorProcess.start();
  provider = ProviderUnderTest.of(simulator);
});
afterAll(() => provider.stop());
beforeEach(async () => {
  await provider.calm();
  gateway = provider.gateway();
});

const GBP = (amount: number) => ({ amount, currency: 'GBP' });

/** What the provider's books say of an order: states of its payments, what is taken and kept, what is set aside. */
async function books(orderId: string): Promise<{ states: string[]; kept: number }> {
  const payments = await simulator.paymentsOf(orderId);
  const kept = payments.map(({ latest_charge: c }) => (c ? c.amount_captured - c.amount_refunded : 0));
  return { states: payments.map(({ status }) => status), kept: kept.reduce((a, b) => a + b, 0) };
}

interface Case {
  /** The state before the call, made without faults. */
  readonly prepare: (orderId: string) => Promise<string>;
  /** The call, always by the same key. */
  readonly call: (by: StripePaymentGateway, orderId: string, paymentId: string) => Promise<unknown>;
  readonly before: { readonly states: string[]; readonly kept: number };
  readonly after: { readonly states: string[]; readonly kept: number };
  readonly answer: object;
}

const authorize = (by: StripePaymentGateway, orderId: string) =>
  by.authorize({ orderId, total: GBP(1_250), paymentToken: 'tok_visa' }, `${orderId}:authorize`);

async function authorized(orderId: string): Promise<string> {
  const state = await authorize(provider.gateway(), orderId);
  return state.paymentId ?? '';
}

async function captured(orderId: string): Promise<string> {
  const paymentId = await authorized(orderId);
  await provider.gateway().capture(paymentId, `${orderId}:capture`);
  return paymentId;
}

const CASES: readonly (readonly [string, Case])[] = [
  [
    'authorize',
    {
      prepare: () => Promise.resolve(''),
      call: authorize,
      before: { states: [], kept: 0 },
      after: { states: ['requires_capture'], kept: 0 },
      answer: { status: 'authorized' },
    },
  ],
  [
    'capture',
    {
      prepare: authorized,
      call: (by, orderId, paymentId) => by.capture(paymentId, `${orderId}:capture`),
      before: { states: ['requires_capture'], kept: 0 },
      after: { states: ['succeeded'], kept: 1_250 },
      answer: { status: 'captured' },
    },
  ],
  [
    'void',
    {
      prepare: authorized,
      call: (by, orderId, paymentId) => by.void(paymentId, `${orderId}:void`),
      before: { states: ['requires_capture'], kept: 0 },
      after: { states: ['canceled'], kept: 0 },
      answer: { status: 'voided' },
    },
  ],
  [
    'refund',
    {
      prepare: captured,
      call: (by, orderId, paymentId) =>
        by.refund({ orderId, paymentId, amount: GBP(250), refundId: `refund-of-${orderId}` }, `refund-of-${orderId}`),
      before: { states: ['succeeded'], kept: 1_250 },
      after: { states: ['succeeded'], kept: 1_000 },
      answer: { status: 'succeeded' },
    },
  ],
];

describe.each(CASES)('%s, when the provider fails', (operation, { prepare, call, before, after, answer }) => {
  let orderId: string;
  let paymentId: string;
  beforeEach(async () => {
    orderId = randomUUID();
    paymentId = await prepare(orderId);
  });
  const again = () => call(gateway, orderId, paymentId);
  /** What asking tells, without doing anything. */
  const asked = async () =>
    operation === 'refund'
      ? (await gateway.refundsOf(paymentId))[0]
      : gateway.find({ orderId, since: began, ...(paymentId === '' ? {} : { paymentId }) });

  it('R05: is asked for twice at most, by the same key, and happens once', async () => {
    await simulator.set({ failureRate: 1 });

    // The first request fails before its effect, the second one after it.
    await expect(again()).rejects.toThrow(PaymentOutcomeUnknownError);
    expect(await books(orderId)).toEqual(after);
    await simulator.set({ failureRate: 0 });

    expect(await again()).toMatchObject(answer);
    expect(await books(orderId)).toEqual(after);
  });

  it('says that the outcome is unknown when its time runs out after the effect, and finds it by asking', async () => {
    await simulator.set({ stallRate: 1 });
    const impatient = provider.gateway({ requestTimeoutMs: 150 });
    await expect(call(impatient, orderId, paymentId)).rejects.toThrow(PaymentOutcomeUnknownError);
    await simulator.set({ stallRate: 0 });

    expect(await asked()).toMatchObject(answer);
    expect(await again()).toMatchObject(answer);
    expect(await books(orderId)).toEqual(after);
  });

  it('says so while a failure is what the key gets again, and finds by asking that nothing was done', async () => {
    const nothing = await asked();
    await simulator.set({ keptFailureRate: 1 });
    await expect(again()).rejects.toThrow(PaymentOutcomeUnknownError);
    await simulator.set({ keptFailureRate: 0 });

    await expect(again()).rejects.toThrow(PaymentOutcomeUnknownError);
    expect(await asked()).toEqual(nothing);
    expect(await books(orderId)).toEqual(before);
  });

  it('says so while the provider is not available, and does nothing', async () => {
    await simulator.set({ unavailable: true });
    await expect(again()).rejects.toThrow(PaymentOutcomeUnknownError);
    await expect(asked()).rejects.toThrow(PaymentOutcomeUnknownError);
    await simulator.set({ unavailable: false });

    expect(await books(orderId)).toEqual(before);
    expect(await again()).toMatchObject(answer);
  });

  it('says so while the first request is still being carried out, and does it once', async () => {
    await simulator.set({ latencyMs: 300 });
    const impatient = provider.gateway({ requestTimeoutMs: 100 });
    await expect(call(impatient, orderId, paymentId)).rejects.toThrow(PaymentOutcomeUnknownError);
    // Its key is in use: 409.
    await expect(call(impatient, orderId, paymentId)).rejects.toThrow(PaymentOutcomeUnknownError);
    await simulator.set({ latencyMs: 0 });

    expect(await eventually(again)).toMatchObject(answer);
    expect(await books(orderId)).toEqual(after);
  });

  it('answers a key after a kill -9 as it did before', async () => {
    const first = await again();

    await simulator.killAndRestart();

    expect(await again()).toEqual(first);
    expect(await asked()).toMatchObject(answer);
    expect(await books(orderId)).toEqual(after);
  });

  it('happens once, however many replicas ask at once', async () => {
    const replicas = Array.from({ length: 8 }, () => provider.gateway());

    const outcomes = await Promise.allSettled(replicas.map((by) => call(by, orderId, paymentId)));

    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refusals.filter((reason) => !(reason instanceof PaymentOutcomeUnknownError))).toEqual([]);
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(answers).toEqual(answers.map(() => expect.objectContaining(answer)));
    expect(await again()).toMatchObject(answer);
    expect(await books(orderId)).toEqual(after);
  });
});

describe('orders paid while the provider fails in every way', () => {
  it('C5: are charged once each, and given back once each, as often as it takes', async () => {
    const orders = Array.from({ length: 25 }, () => randomUUID());
    const faults = { failureRate: 0.4, stallRate: 0.1, latencyMs: 5 };
    await simulator.set(faults);
    const until = <T>(work: () => Promise<T>): Promise<T> => eventually(work, { everyMs: 5, timeoutMs: 20_000 });
    const by = provider.gateway({ requestTimeoutMs: 200 });
    const pay = async (orderId: string): Promise<void> => {
      const { paymentId = '' } = await until(() => authorize(by, orderId));
      await until(() => by.capture(paymentId, `${orderId}:capture`));
      const refund = { orderId, paymentId, amount: GBP(250), refundId: `r-${orderId}` };
      await until(() => by.refund(refund, refund.refundId));
    };
    const paying = Promise.all(orders.map(pay));
    await simulator.killAndRestart();
    await simulator.set(faults);
    await paying;
    await simulator.set({ failureRate: 0, stallRate: 0, latencyMs: 0 });

    for (const orderId of orders) expect(await books(orderId)).toEqual({ states: ['succeeded'], kept: 1_000 });
  });
});

describe('a payment that takes its time', () => {
  it('is processing, and then authorized', async () => {
    const orderId = randomUUID();
    const request = { orderId, total: GBP(700), paymentToken: 'tok_processing' };
    const state = await gateway.authorize(request, `${orderId}:authorize`);
    expect(state).toEqual({ status: 'processing', paymentId: expect.anything() });

    const { paymentId = '' } = state;
    await eventually(async () =>
      expect(await gateway.find({ orderId, paymentId, since: began })).toMatchObject({ status: 'authorized' }),
    );
    // By its key it would go on to be what it was at first.
    expect(await gateway.authorize(request, `${orderId}:authorize`)).toEqual(state);
  });

  it.each([
    ['approve', 'succeeded', { status: 'authorized' }],
    ['fail', 'failed', { status: 'declined', code: 'payment_intent_authentication_failure' }],
  ])('waits for the page of 3-D Secure: %s', async (outcome, redirected, end) => {
    const orderId = randomUUID();
    const returnUrl = 'http://localhost:8080/orders/1';
    const request = { orderId, total: GBP(700), paymentToken: 'tok_threeDSecure2Required', returnUrl };
    const state = await gateway.authorize(request, `${orderId}:authorize`);
    if (state.status !== 'requires-action') throw new Error(state.status);
    const page = await fetch(state.actionUrl);
    expect(await page.text()).toContain('<form method="post">');

    const back = await fetch(state.actionUrl, {
      method: 'POST',
      body: new URLSearchParams({ outcome }),
      redirect: 'manual',
    });

    expect(back.headers.get('location')).toBe(
      `${returnUrl}?payment_intent=${state.paymentId}&redirect_status=${redirected}`,
    );
    expect(await gateway.find({ orderId, paymentId: state.paymentId, since: began })).toMatchObject(end);
    expect((await fetch(state.actionUrl, { method: 'POST', body: new URLSearchParams({ outcome }) })).status).toBe(400);
  });

  it('keeps processing, and what the bank decides, through a kill -9', async () => {
    const orderId = randomUUID();
    await simulator.set({ settleMs: 300 });
    const { paymentId = '' } = await gateway.authorize(
      { orderId, total: GBP(700), paymentToken: 'tok_processing' },
      `${orderId}:authorize`,
    );
    await simulator.killAndRestart();

    await eventually(async () =>
      expect(await gateway.find({ orderId, paymentId, since: began })).toMatchObject({ status: 'authorized' }),
    );
  });
});
