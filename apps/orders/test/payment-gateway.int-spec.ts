import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PaymentOutcomeUnknownError, PaymentRefusedError } from '../src/orders.errors.js';
import { CircuitBreaker } from '../src/outbound/circuit-breaker.js';
import { StripePaymentGateway } from '../src/payment/stripe/stripe-payment.gateway.js';
import { API_KEY, SimulatorProcess } from './simulator-process.js';

let simulator: SimulatorProcess;
let gateway: StripePaymentGateway;
let open: StripePaymentGateway[] = [];

/** Another client of the provider, closed after the test. A breaker that never opens, unless the test is about it. */
function client(options: { requestTimeoutMs?: number; baseUrl?: string; breaker?: CircuitBreaker } = {}) {
  const made = new StripePaymentGateway({
    baseUrl: simulator.url,
    apiKey: API_KEY,
    webhookSecrets: [],
    breaker: new CircuitBreaker({ failures: Infinity }),
    ...options,
  });
  open.push(made);
  return made;
}

beforeAll(async () => {
  simulator = await SimulatorProcess.start();
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
  gateway = client();
  await simulator.set(CALM);
});
afterAll(() => Promise.all(open.map((each) => each.close())));

const CALM = { latencyMs: 0, failureRate: 0, stallRate: 0, keptFailureRate: 0, unavailable: false };

const order = (paymentToken = 'tok_visa', orderId: string = randomUUID()) => ({
  orderId,
  paymentToken,
  total: { amount: 1_250, currency: 'GBP' },
  returnUrl: 'http://localhost:8080/',
});
const authorize = (request: ReturnType<typeof order>, by = gateway) =>
  by.authorize(request, `${request.orderId}:authorize`);

describe('StripePaymentGateway', () => {
  it('sets money aside, takes it once and gives it back in parts', async () => {
    const request = order();
    const authorized = await authorize(request);
    console.log(authorized);
    if (authorized.status !== 'authorized') throw new Error(authorized.status);
    const { paymentId } = authorized;
    expect(authorized).toEqual({ status: 'authorized', paymentId, amount: request.total });
    const captured = await gateway.capture(paymentId, `${request.orderId}:capture`);
    expect(captured).toMatchObject({ status: 'captured', amount: request.total, refunded: { amount: 0, currency: 'GBP' } });
    expect(PaymentOutcomeUnknownError).toBeDefined();
    expect(PaymentRefusedError).toBeDefined();
  });
});
