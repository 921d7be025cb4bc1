import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import type { PaymentNotice } from '../src/payment/payment.state.js';
import type { StripePaymentGateway } from '../src/payment/stripe/stripe-payment.gateway.js';
import { ProviderUnderTest } from './provider-under-test.js';
import { SimulatorProcess } from './simulator-process.js';

const OLD = 'whsec_old';
const NEW = 'whsec_new';

/** A webhook endpoint that verifies what comes by the adapter, and answers as it is told. */
class Endpoint {
  readonly notices: PaymentNotice[] = [];
  gateway: StripePaymentGateway | undefined;
  answer = () => 200;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = String(request.headers['stripe-signature']);
      const notice = this.gateway?.notice(Buffer.concat(chunks), signature);
      const status = this.answer();
      if (notice && status === 200) this.notices.push(notice);
      response.writeHead(status).end();
    });
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/payments/webhooks`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** The types of the events about an order, in the order of their arrival. */
  about(orderId: string): string[] {
    return this.notices.filter((notice) => notice.orderId === orderId).map(({ type }) => type);
  }
}

let simulator: SimulatorProcess;
let provider: ProviderUnderTest;
let gateway: StripePaymentGateway;
let endpoint: Endpoint;
let url: string;

beforeAll(async () => {
  endpoint = new Endpoint();
  url = await endpoint.start();
  const env = { WEBHOOK_URL: url, WEBHOOK_SECRET: `${NEW},${OLD}`, WEBHOOK_RETRY_MS: '20' };
  simulator = await SimulatorProcess.start(env);
  provider = ProviderUnderTest.of(simulator);
});
afterAll(async () => {
  await provider.stop();
  await endpoint.stop();
});
beforeEach(async () => {
  await provider.calm();
  gateway = provider.gateway({ webhookSecrets: [NEW] });
  endpoint.gateway = gateway;
  endpoint.answer = () => 200;
  await simulator.set({ webhookUrl: url });
});

/** An order paid: two calls that make three events. */
async function pay(orderId: string): Promise<string> {
  const total = { amount: 900, currency: 'GBP' };
  const { paymentId = '' } = await gateway.authorize(
    { orderId, total, paymentToken: 'tok_visa' },
    `${orderId}:authorize`,
  );
  await gateway.capture(paymentId, `${orderId}:capture`);
  return paymentId;
}
const OF_A_PAYMENT = ['payment_intent.amount_capturable_updated', 'payment_intent.created', 'payment_intent.succeeded'];

describe('webhooks', () => {
  it('tell of a payment and of its refund, signed so that the adapter believes them', async () => {
    const [orderId, refundId] = [randomUUID(), randomUUID()];
    const paymentId = await pay(orderId);
    await gateway.refund({ orderId, paymentId, amount: { amount: 100, currency: 'GBP' }, refundId }, refundId);

    await eventually(() =>
      expect(endpoint.about(orderId).toSorted()).toEqual(['charge.refunded', ...OF_A_PAYMENT, 'refund.created']),
    );
    const created = endpoint.notices.find((notice) => notice.type === 'refund.created');
    expect(created).toEqual({
      id: expect.stringMatching(/^evt_/),
      type: 'refund.created',
      paymentId,
      orderId,
      refundId,
    });
  });

  it.each([OLD, NEW])('S36: are signed by both secrets while one takes the place of the other: %s', async (secret) => {
    endpoint.gateway = provider.gateway({ webhookSecrets: [secret] });
    const orderId = randomUUID();
    await pay(orderId);

    await eventually(() => expect(endpoint.about(orderId).toSorted()).toEqual(OF_A_PAYMENT));
  });

  it('are sent again until they are answered', async () => {
    let answers = 0;
    endpoint.answer = () => ((answers += 1) % 3 === 0 ? 200 : 500);
    const orderId = randomUUID();
    await pay(orderId);

    await eventually(() => expect(endpoint.about(orderId).toSorted()).toEqual(OF_A_PAYMENT));
    expect(answers).toBeGreaterThanOrEqual(7);
  });

  it('come twice by the same id, when duplicates are asked for', async () => {
    await simulator.set({ duplicateWebhooks: 1 });
    const orderId = randomUUID();
    await pay(orderId);

    await eventually(() => expect(endpoint.about(orderId)).toHaveLength(6));
    expect(new Set(endpoint.notices.filter((n) => n.orderId === orderId).map(({ id }) => id)).size).toBe(3);
  });

  it('never come, when they are to be lost; asking tells all the same', async () => {
    await simulator.set({ lostWebhooks: 1 });
    const lost = randomUUID();
    const paymentId = await pay(lost);
    await simulator.set({ lostWebhooks: 0 });
    const told = randomUUID();
    await pay(told);

    await eventually(() => expect(endpoint.about(told)).toHaveLength(3));
    expect(endpoint.about(lost)).toEqual([]);
    expect(await gateway.find({ orderId: lost, paymentId, since: new Date() })).toMatchObject({ status: 'captured' });
  });

  it('overtake each other, when they are to be shuffled', async () => {
    await simulator.set({ shuffledWebhooks: 0.5 });
    const orders = Array.from({ length: 10 }, () => randomUUID());
    for (const orderId of orders) await pay(orderId);

    await eventually(() => expect(orders.flatMap((orderId) => endpoint.about(orderId))).toHaveLength(30));
    const inOrder = ['payment_intent.created', 'payment_intent.amount_capturable_updated', 'payment_intent.succeeded'];
    const shuffled = orders.filter((orderId) => endpoint.about(orderId).join() !== inOrder.join());
    expect(shuffled).not.toHaveLength(0);
  });

  it('that were not answered before a kill -9 are sent by the next process', async () => {
    endpoint.answer = () => 503;
    const orderId = randomUUID();
    await pay(orderId);
    await simulator.killAndRestart();
    expect(endpoint.about(orderId)).toEqual([]);
    endpoint.answer = () => 200;

    await eventually(() => expect(endpoint.about(orderId).toSorted()).toEqual(OF_A_PAYMENT));
  });
});
