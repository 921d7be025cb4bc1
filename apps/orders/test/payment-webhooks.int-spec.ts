import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StockReserved, orderSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { MessagePublisher } from '@lethe/messaging';
import { eventually } from '@lethe/testing';
import { encodeMessage } from '@lethe/topology';
import { Stripe } from 'stripe';
import { OrdersApp } from './orders-app.js';

const SECRET = 'whsec_test';
let store: OrdersApp;
let door: Server;
let lamp: string;
let publisher: MessagePublisher;
/** What the provider sent: it needs an address before the store has one. */
const sent: { readonly type: string; readonly orderId: string; readonly status: number }[] = [];

beforeAll(async () => {
  door = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const signature = String(request.headers['stripe-signature']);
      const status = await post(body, signature);
      const event = JSON.parse(body.toString()) as ReturnType<typeof eventOf>;
      sent.push({ type: event.type, orderId: event.data.object.metadata['order_id'] ?? '', status });
      response.writeHead(status).end();
    })();
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;
  store = await OrdersApp.start({
    consume: true,
    env: { PAYMENT_WEBHOOK_SECRET: SECRET },
    provider: { WEBHOOK_URL: `http://127.0.0.1:${port}/`, WEBHOOK_SECRET: SECRET, WEBHOOK_RETRY_MS: '20' },
  });
  lamp = store.catalog.add(255);
  publisher = new MessagePublisher({
    topology: store.topology,
    clients: store.clients,
    accountId: '000000000000',
  });
});
afterAll(async () => {
  await store.stop();
  const closed = once(door, 'close');
  door.close();
  await closed;
});
beforeEach(() => store.simulator.set({ duplicateWebhooks: 0, lostWebhooks: 0, shuffledWebhooks: 0 }));

const sign = (payload: string, secret = SECRET, timestamp = Math.floor(Date.now() / 1_000)) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

async function post(body: Uint8Array | string, signature?: string): Promise<number> {
  const answer = await fetch(`${store.url}/payments/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === undefined ? {} : { 'stripe-signature': signature }),
    },
    body,
  });
  const text = await answer.text();
  // Nothing is said of what the event is about.
  return answer.ok && text !== '' ? 599 : answer.status;
}

const eventOf = (orderId: string, type = 'payment_intent.amount_capturable_updated', id = `evt_${randomUUID()}`) => ({
  id,
  type,
  object: 'event',
  data: { object: { object: 'payment_intent', id: 'pi_1', metadata: { order_id: orderId } as Record<string, string> } },
});

/** An order by this token whose stock is set aside. */
async function reserved(paymentToken: string): Promise<{ as: string; id: string }> {
  const as = randomUUID();
  const body = { items: [{ productId: lamp, quantity: 1 }], paymentToken };
  const { body: order } = await store.call('POST', '/orders', { as, key: randomUUID(), body });
  const id = uuidv7();
  const message = encodeMessage(StockReserved, { orderId: order.id }, { id, source: 'catalog', time: Date.now() });
  await publisher.publishBatch([{ id, definition: StockReserved, body: message }]);
  return { as, id: order.id };
}
const get = async ({ as, id }: { as: string; id: string }) =>
  orderSchema.parse((await store.call('GET', `/orders/${id}`, { as })).body);
/** Waits for the customer to be sent to the bank's page; gives where that is. */
const actionOf = (order: { as: string; id: string }): Promise<string> =>
  eventually(async () => {
    const { status, payment } = await get(order);
    expect({ status, payment: payment?.status }).toEqual({ status: 'reserved', payment: 'requires-action' });
    return String(payment?.actionUrl);
  });
const answer3ds = (url: string, outcome: 'approve' | 'fail') =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
const becomes = (order: { as: string; id: string }, status: string) =>
  eventually(async () => expect((await get(order)).status).toBe(status));
const timeOut = (id: string) => store.orders.run('UPDATE outbox_scheduled SET deliver_at = now() WHERE key = $1', [id]);

describe('3-D Secure', () => {
  it('shows the customer where to go, and goes on by the webhook, though that comes twice and in any order', async () => {
    await store.simulator.set({ duplicateWebhooks: 1, shuffledWebhooks: 1 });
    const order = await reserved('tok_threeDSecure2Required');

    await answer3ds(await actionOf(order), 'approve');

    await becomes(order, 'confirmed');
    expect((await get(order)).payment).toEqual({ status: 'captured' });
    expect(await store.simulator.chargesOf(order.id)).toEqual(['succeeded']);
    await eventually(() =>
      Promise.resolve(expect(sent.filter(({ orderId }) => orderId === order.id).length).toBeGreaterThan(3)),
    );
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('R24: that fails rejects the order, and its stock is released', async () => {
    const order = await reserved('tok_threeDSecure2Required');

    await answer3ds(await actionOf(order), 'fail');

    await becomes(order, 'rejected');
    expect(await get(order)).toMatchObject({ reason: 'payment-declined', payment: { status: 'declined' } });
  });

  it('R24: goes on by the time-out where the webhook is lost', async () => {
    await store.simulator.set({ lostWebhooks: 1 });
    const order = await reserved('tok_threeDSecure2Required');
    await answer3ds(await actionOf(order), 'approve');
    expect((await get(order)).status).toBe('reserved');

    await timeOut(order.id);

    await becomes(order, 'confirmed');
    expect(await store.simulator.chargesOf(order.id)).toEqual(['succeeded']);
  });

  it('R24: that nobody answers ends the order by the time-out, and nothing can be approved any more', async () => {
    const order = await reserved('tok_threeDSecure2Required');
    const url = await actionOf(order);

    await timeOut(order.id);

    await becomes(order, 'rejected');
    expect((await get(order)).reason).toBe('payment-timeout');
    await eventually(async () => expect((await get(order)).payment).toEqual({ status: 'voided' }));
    await answer3ds(url, 'approve');
    const payments = await store.simulator.paymentsOf(order.id);
    expect(payments.map(({ status }) => status)).toEqual(['canceled']);
  });
});

describe('POST /payments/webhooks', () => {
  const hearings = async (id: string) =>
    (await store.orders.run('SELECT 1 FROM payment_notice WHERE id = $1', [id])).length;

  it('refuses what is not signed, signed by another, signed long ago or changed on its way', async () => {
    const event = eventOf(randomUUID());
    const payload = JSON.stringify(event);
    const longAgo = Math.floor(Date.now() / 1_000) - 3_600;

    expect(await post(payload)).toBe(400);
    expect(await post(payload, 't=1,v1=00')).toBe(400);
    expect(await post(payload, sign(payload, 'whsec_another'))).toBe(400);
    expect(await post(payload, sign(payload, SECRET, longAgo))).toBe(400);
    expect(await post(payload.replace('pi_1', 'pi_2'), sign(payload))).toBe(400);
    expect(await hearings(event.id)).toBe(0);
  });

  it('answers the same whether it knows what the event is about or not, and keeps nothing that nothing waits for', async () => {
    const order = await reserved('tok_visa');
    await becomes(order, 'confirmed');
    const events: Record<string, unknown>[] = [
      eventOf(order.id),
      eventOf(randomUUID()),
      eventOf('not-an-id'),
      eventOf(order.id, 'customer.created'),
      { ...eventOf(order.id), data: { object: { object: 'customer' } } },
      { hello: 'world' },
    ];

    for (const event of events) {
      const payload = JSON.stringify(event);
      expect(await post(payload, sign(payload))).toBe(200);
    }
    expect(await post('no json', sign('no json'))).toBe(200);
    for (const event of events.slice(0, -1)) expect(await hearings(String(event['id']))).toBe(0);
    expect((await get(order)).status).toBe('confirmed');
  });

  it('hears an event once, and does not believe what it says', async () => {
    const order = await reserved('tok_threeDSecure2Required');
    await actionOf(order);
    const event = eventOf(order.id);
    const payload = JSON.stringify(event);

    const answers = await Promise.all([1, 2, 3].map(() => post(payload, sign(payload))));

    expect(answers).toEqual([200, 200, 200]);
    expect(await hearings(event.id)).toBe(1);
    expect((await get(order)).status).toBe('reserved');
  });

  it('bounds what it reads', async () => {
    const payload = JSON.stringify({ ...eventOf(randomUUID()), padding: 'x'.repeat(70_000) });

    expect(await post(payload, sign(payload))).toBe(413);
  });

  it('forgets events of long ago', async () => {
    await store.orders.run(
      `INSERT INTO payment_notice (id, type, received_at) VALUES ('evt_old', 't', now() - interval '31 days')`,
    );
    const order = await reserved('tok_threeDSecure2Required');
    await actionOf(order);
    const payload = JSON.stringify(eventOf(order.id));

    await post(payload, sign(payload));

    expect(await hearings('evt_old')).toBe(0);
  });

  it('tells its operators what became of payments and webhooks', async () => {
    const metrics = await (await fetch(`${store.url}/metrics`)).text();

    expect(metrics).toMatch(/^payments_total\{.*outcome="captured".*\} [1-9]/m);
    expect(metrics).toMatch(/^payment_notices_total\{.*outcome="refused".*\} 5/m);
  });
});
