import { randomUUID } from 'node:crypto';
import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { revocationsTable } from '@lethe/contracts';
import { Revocations } from '@lethe/identity';
import { eventually } from '@lethe/testing';
import { OrdersApp } from './orders-app.js';

/** Placing an order and cancelling one ask whether the sign-in still holds; everything else trusts the token. */
describe('a sign-in that was ended', () => {
  let store: OrdersApp;
  let lamp: string;
  let revocations: Revocations;
  beforeAll(async () => {
    store = await OrdersApp.start();
    lamp = store.catalog.add(255);
    revocations = new Revocations({ clients: store.clients, table: revocationsTable.name });
  });
  afterAll(() => store.stop());

  const place = (as: string, to: OrdersApp = store) =>
    to.call('POST', '/orders', {
      as,
      key: randomUUID(),
      body: { items: [{ productId: lamp, quantity: 1 }], paymentToken: 'tok_visa' },
    });

  it('S20: places no order and cancels none from that moment, and still reads until its token ends', async () => {
    const as = randomUUID();
    const { body } = await place(as);
    const before = store.catalog.requests;

    await revocations.revokeSubject(as, Date.now() + 60_000);

    for (const answer of [await place(as), await store.call('POST', `/orders/${body.id}/cancel`, { as })])
      expect(answer).toMatchObject({ status: 401, body: { type: expect.stringContaining('invalid-token') } });
    expect(store.catalog.requests).toBe(before);
    expect((await store.call('GET', `/orders/${body.id}`, { as })).body['status']).toBe('pending');
    expect((await place(randomUUID())).status).toBe(202);
  });

  it('S34: is not let through where the revocations cannot be read: 503, and nothing is ordered', async () => {
    const blind = await OrdersApp.start({ env: { REVOCATIONS_TABLE: 'no-such-table' } });
    try {
      const as = randomUUID();

      expect(await place(as, blind)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect((await blind.call('GET', '/orders', { as })).body).toMatchObject({ items: [] });
    } finally {
      await blind.stop();
    }
  });

  it('S40: tells the catalogue, with its command, who ordered: by the token, in the envelope', async () => {
    const as = randomUUID();
    const { body } = await place(as);

    const queue = await store.clients.sqs.send(new GetQueueUrlCommand({ QueueName: `${store.topology.name}-catalog` }));
    const actors = new Map<string, string | undefined>();
    await eventually(async () => {
      const more = { QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10 };
      const { Messages = [] } = await store.clients.sqs.send(new ReceiveMessageCommand(more));
      for (const { Body = '' } of Messages) {
        const { data, actor } = JSON.parse(Body) as { data: { orderId: string }; actor?: string };
        actors.set(data.orderId, actor);
      }
      expect(actors.get(body.id)).toBe(`user:${as}@http://localhost:8080/auth`);
    });
  });
});
