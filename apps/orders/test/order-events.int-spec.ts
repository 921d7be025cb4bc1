import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventClient } from './event-client.js';
import { FakeProvider } from './fake-provider.js';
import { OrdersApp } from './orders-app.js';
import { SagaBench } from './saga-bench.js';

let a: OrdersApp;
let b: OrdersApp;
let lamp: string;
let bench: SagaBench;

beforeAll(async () => {
  a = await OrdersApp.start();
  b = await a.replica();
  lamp = a.catalog.add(255);
  bench = new SagaBench(a.orders, new FakeProvider());
});
afterAll(async () => {
  await b.stop();
  await a.stop();
});

async function place(as: string): Promise<string> {
  const body = { items: [{ productId: lamp, quantity: 1 }], paymentToken: 'tok_visa' };
  return (await a.call('POST', '/orders', { as, key: randomUUID(), body })).body.id;
}

/** Requests in flight as the replica's metrics tell; the one that asks is none. */
async function inFlight({ url }: OrdersApp): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^http_server_requests_in_flight\S* (\d+)/m.exec(metrics)?.[1]);
}

describe('GET /orders/{id}/events', () => {
  it('R29: tells at replica A what was done through B, and ends with the order', async () => {
    const as = randomUUID();
    const id = await place(as);
    const client = await EventClient.open(a, id, { as });
    await client.hears(1);

    await b.call('POST', `/orders/${id}/cancel`, { as });

    expect(await client.ends()).toEqual([
      { id: '1', status: 'pending', cause: 'place-order' },
      { id: '2', status: 'cancelled', cause: 'cancel-order' },
    ]);
    expect(client.answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(client.answer.headers.get('cache-control')).toBe('no-store');
  });

  it('R29: goes on at B, by Last-Event-ID, where it was cut off at A: nothing is missed, nothing is told twice', async () => {
    const as = randomUUID();
    const id = await place(as);
    const first = await EventClient.open(a, id, { as });
    const [pending] = await first.hears(1);
    first.leave();
    await bench.step('reserved', id);
    await bench.step('pay', id);

    const again = await EventClient.open(b, id, { as, lastEventId: pending?.id ?? '' });

    expect((await again.hears(3)).map((event) => `${event.id} ${event.status}`)).toEqual([
      '2 reserved',
      '3 paid',
      '4 confirmed',
    ]);
    again.leave();
  });

  it('R29: tells of all the life of an order, over two replicas, and ends each time that nothing is under way', async () => {
    const as = randomUUID();
    const id = await place(as);
    await bench.step('reserved', id);
    await bench.step('pay', id);
    const first = await EventClient.open(a, id, { as, lastEventId: '3' });
    await first.hears(1);
    const staff = { as: randomUUID(), roles: ['admin'] };

    await b.call('POST', `/orders/${id}/delivery`, staff);
    expect((await first.ends()).map(({ id: event, status }) => `${event} ${status}`)).toEqual([
      '4 confirmed',
      '5 delivered',
    ]);
    expect((await EventClient.open(b, id, { as, lastEventId: '5' })).answer.status).toBe(204);
    const body = { items: [{ productId: lamp, quantity: 1 }], reason: 'broken' };
    const { body: back } = await b.call('POST', `/orders/${id}/returns`, { ...staff, key: randomUUID(), body });
    const again = await EventClient.open(b, id, { as, lastEventId: '5' });
    await again.hears(1);
    await bench.refund(id, (back['refund'] as { id: string }).id);

    expect(await again.ends()).toMatchObject([
      { id: '6', status: 'returned', cause: 'return-goods' },
      { id: '7', status: 'refunded', cause: 'orders.refund-payment.v1' },
    ]);
  });

  it('answers 204, upon which clients do not come back, where the order has ended and all was seen', async () => {
    const as = randomUUID();
    const id = await place(as);
    await b.call('POST', `/orders/${id}/cancel`, { as });

    const seen = await EventClient.open(a, id, { as, lastEventId: '2' });
    const unseen = await EventClient.open(a, id, { as, lastEventId: '1' });

    expect(seen.answer.status).toBe(204);
    expect(await unseen.ends()).toMatchObject([{ id: '2', status: 'cancelled' }]);
  });

  it('S38: is for the owner and the staff; others cannot tell whether there is such an order', async () => {
    const as = randomUUID();
    const id = await place(as);

    const foreign = await b.call('GET', `/orders/${id}/events`);
    const unknown = await b.call('GET', `/orders/${randomUUID()}/events`);
    const staff = await EventClient.open(b, id, { as: randomUUID(), roles: ['admin'] });

    expect(foreign).toMatchObject({ status: 404, body: unknown.body });
    expect((await fetch(`${b.url}/orders/${id}/events`)).status).toBe(401);
    expect(await staff.hears(1)).toMatchObject([{ status: 'pending' }]);
    staff.leave();
  });

  it.each(['x', '-1', '2', '1e3', '99999999999'])('S44: answers 400 to the Last-Event-ID %s', async (lastEventId) => {
    const as = randomUUID();
    const id = await place(as);
    const { answer } = await EventClient.open(a, id, { as, lastEventId });

    expect(answer.status).toBe(400);
  });

  it('R10: holds no place of the requests in flight, and gives back what it holds when the client goes', async () => {
    const as = randomUUID();
    const id = await place(as);
    const clients = await Promise.all(Array.from({ length: 5 }, () => EventClient.open(a, id, { as })));
    for (const client of clients) await client.hears(1);

    expect(await inFlight(a)).toBe(0);
    for (const client of clients) client.leave();
    for (const client of clients) await client.ends();
  });

  it('R10: one customer opens at most twenty at a replica', async () => {
    const as = randomUUID();
    const id = await place(as);
    const clients = await Promise.all(Array.from({ length: 21 }, () => EventClient.open(a, id, { as })));

    const statuses = clients.map(({ answer }) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    for (const client of clients) client.leave();
  });

  it('R09: ends when its replica drains, and goes on at another', async () => {
    const as = randomUUID();
    const id = await place(as);
    const leaving = await b.replica();
    const client = await EventClient.open(leaving, id, { as });
    await client.hears(1);

    await leaving.stop();

    expect(await client.ends()).toMatchObject([{ id: '1', status: 'pending' }]);
    const again = await EventClient.open(b, id, { as, lastEventId: '1' });
    await a.call('POST', `/orders/${id}/cancel`, { as });
    expect(await again.ends()).toMatchObject([{ id: '2', status: 'cancelled' }]);
  });
});
