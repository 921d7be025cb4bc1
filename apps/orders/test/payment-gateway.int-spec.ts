import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PaymentOutcomeUnknownError, PaymentRefusedError } from '../src/orders.errors.js';
import { HttpPaymentGateway } from '../src/payment/http-payment.gateway.js';
import { SimulatorProcess } from './simulator-process.js';

let simulator: SimulatorProcess;
let gateway: HttpPaymentGateway;

beforeAll(async () => {
  simulator = await SimulatorProcess.start();
  gateway = new HttpPaymentGateway({ baseUrl: simulator.url });
});
afterAll(async () => {
  await gateway.close();
  await simulator.stop();
});
beforeEach(() => simulator.set({ latencyMs: 0, failureRate: 0 }));

const order = (orderId: string = randomUUID(), paymentToken = 'tok_visa') => ({
  orderId,
  paymentToken,
  total: { amount: 1_250, currency: 'GBP' },
});

describe('HttpPaymentGateway', () => {
  it('charges an order once, however often it is asked', async () => {
    const request = order();

    const outcomes = await Promise.all([1, 2, 3].map(() => gateway.charge(request)));

    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await simulator.chargesOf(request.orderId)).toEqual(['succeeded']);
  });

  it('gives the same answer after the provider was killed', async () => {
    const request = order();
    const before = await gateway.charge(request);

    await simulator.killAndRestart();

    expect(await gateway.charge(request)).toEqual(before);
    expect(await simulator.chargesOf(request.orderId)).toEqual(['succeeded']);
  });

  it('tells a refusal of the card from an unknown outcome', async () => {
    expect(await gateway.charge(order(undefined, 'tok_chargeDeclined'))).toEqual({
      status: 'declined',
      code: 'card_declined',
    });
    await simulator.set({ failureRate: 1 });
    await expect(gateway.charge(order())).rejects.toThrow(PaymentOutcomeUnknownError);
  });

  it('says when the provider finds fault with the request itself', async () => {
    const request = order();
    await gateway.charge(request);

    const other = { ...request, total: { amount: 1, currency: 'GBP' } };
    await expect(gateway.charge(other)).rejects.toThrow(PaymentRefusedError);
    await expect(gateway.refund('ch_none')).rejects.toThrow(PaymentRefusedError);
  });

  it('finds what became of a charge, and refunds it once', async () => {
    const request = order();
    expect(await gateway.find(request.orderId)).toBeUndefined();
    await gateway.charge(request);

    const found = await gateway.find(request.orderId);
    if (found?.status !== 'captured') throw new Error('not captured');
    await gateway.refund(found.chargeId);
    await gateway.refund(found.chargeId);

    expect(await gateway.find(request.orderId)).toEqual({ status: 'refunded', chargeId: found.chargeId });
  });

  it('R04: gives up on a provider that takes too long, and one that is not there', async () => {
    await simulator.set({ latencyMs: 30_000 });
    const impatient = new HttpPaymentGateway({ baseUrl: simulator.url, requestTimeoutMs: 100 });
    await expect(impatient.charge(order())).rejects.toThrow(PaymentOutcomeUnknownError);

    const silent: Server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const mute = new HttpPaymentGateway({ baseUrl: `http://127.0.0.1:${port}`, requestTimeoutMs: 100 });
    await expect(mute.charge(order())).rejects.toThrow(PaymentOutcomeUnknownError);
    const closed = once(silent, 'close');
    await Promise.all([impatient.close(), mute.close()]);
    silent.close();
    await closed;

    const gone = new HttpPaymentGateway({ baseUrl: `http://127.0.0.1:${port}`, requestTimeoutMs: 1_000 });
    await expect(gone.charge(order())).rejects.toThrow(PaymentOutcomeUnknownError);
    await gone.close();
  });
});
