import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Order, StockReserved, orderSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { MessagePublisher } from '@lethe/messaging';
import { eventually } from '@lethe/testing';
import { decodeEnvelope, encodeMessage, queueName } from '@lethe/topology';
import { z } from 'zod';
import { OrdersApp } from './orders-app.js';
import { WorkflowCloud } from './workflow-cloud.js';

const STAFF = { roles: ['admin'] } as const;
const env = {
  FULFILMENT_APPROVAL_ABOVE: '10000',
  REFUND_APPROVAL_ABOVE: '10000',
  WORKFLOW_WAIT_SECONDS: '1',
  WORKFLOW_TRANSIT_SECONDS: '1',
};

let cloud: WorkflowCloud;
let store: OrdersApp;
let publisher: MessagePublisher;
let catalogQueue: string;
const products = { cheap: '', dear: '' };

beforeAll(async () => {
  cloud = await WorkflowCloud.start();
  store = await OrdersApp.start({ consume: true, env });
  cloud.orders = store;
  products.cheap = store.catalog.add(500);
  products.dear = store.catalog.add(50_000);
  const { clients, topology } = store;
  publisher = new MessagePublisher({ topology, clients, accountId: '000000000000' });
  const queue = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: queueName(topology.name, 'catalog') }));
  catalogQueue = queue.QueueUrl ?? '';
});
afterAll(async () => {
  await store.stop();
  await cloud.stop();
});
afterEach(() => {
  cloud.before = () => undefined;
});

async function confirmed(product: keyof typeof products): Promise<string> {
  const body = { items: [{ productId: products[product], quantity: 2 }], paymentToken: 'tok_visa' };
  const { body: order } = await store.call('POST', '/orders', { key: randomUUID(), body });
  const id = uuidv7();
  const said = encodeMessage(StockReserved, { orderId: order.id }, { id, source: 'catalog', time: Date.now() });
  await publisher.publishBatch([{ id, definition: StockReserved, body: said }]);
  await becomes(order.id, 'confirmed');
  return order.id;
}

async function read(id: string): Promise<Order> {
  const { body } = await store.call('GET', `/orders/${id}`, STAFF);
  return orderSchema.parse(body);
}

function becomes(id: string, status: Order['status']): Promise<Order> {
  return eventually(
    async () => {
      const order = await read(id);
      expect(order.status).toBe(status);
      return order;
    },
    { timeoutMs: 20_000 },
  );
}

const release = (id: string) => store.call('POST', `/orders/${id}/fulfilment`, STAFF);
const decide = (id: string, subject: string, decision: string) =>
  store.call('POST', `/orders/${id}/approvals`, { ...STAFF, body: { subject, decision } });

/** Waits until the approval is asked for, and decides it. */
async function decides(id: string, subject: string, decision: string): Promise<void> {
  await eventually(async () => expect((await decide(id, subject, decision)).status).toBe(200));
}

async function ends(workflow: 'fulfilment' | 'refund', name: string) {
  return eventually(
    async () => {
      const execution = await cloud.execution(workflow, name);
      expect(execution.status).not.toBe('RUNNING');
      return execution;
    },
    { timeoutMs: 20_000 },
  );
}

const heard: { readonly type: string; readonly orderId: string }[] = [];
const orderOf = z.object({ orderId: z.string() });

/** How often the catalogue was told to put goods of the order back. */
async function restocks(orderId: string): Promise<number> {
  const { Messages = [] } = await store.clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: catalogQueue, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  for (const { Body = '', ReceiptHandle } of Messages) {
    const { type, data } = decodeEnvelope(Body);
    heard.push({ type, orderId: orderOf.parse(data).orderId });
    await store.clients.sqs.send(new DeleteMessageCommand({ QueueUrl: catalogQueue, ReceiptHandle }));
  }
  return heard.filter((said) => said.orderId === orderId && said.type === 'catalog.restock-return.v1').length;
}

const statesOf = ({ history }: Order): string[] => history.map(({ status }) => status);
const SOLD = ['pending', 'reserved', 'paid', 'confirmed'];
const IN_WAREHOUSE = ['pick', 'pack', 'label', 'ship'];

describe('an order that is released', () => {
  it('R24: goes through the warehouse to the customer, each step once', async () => {
    const id = await confirmed('cheap');
    const [first, again] = [await release(id), await release(id)];

    expect([first.status, again.status, first.body['status']]).toEqual([202, 202, 'fulfilling']);
    const order = await becomes(id, 'delivered');

    expect(statesOf(order)).toEqual([...SOLD, 'fulfilling', 'shipped', 'delivered']);
    expect(Object.keys(order.shipment ?? {})).toEqual([
      'releasedAt',
      'pickedAt',
      'packedAt',
      'tracking',
      'labelledAt',
      'shippedAt',
      'deliveredAt',
    ]);
    expect(order.shipment?.tracking).toMatch(/^LT[0-9A-F]{12}$/);
    expect(await ends('fulfilment', id)).toEqual({ status: 'SUCCEEDED', error: undefined });
    expect(cloud.stepsOf(id)).toEqual([...IN_WAREHOUSE, 'deliver']);
    const rows = await store.orders.run<{ actor: string }>(
      'SELECT actor FROM order_history WHERE order_id = $1 ORDER BY version DESC LIMIT 2',
      [id],
    );
    expect(rows).toEqual([{ actor: 'service:functions' }, { actor: 'service:functions' }]);
  });

  it('R02: does no finished step twice when the runner is killed between them', async () => {
    const id = await confirmed('cheap');
    const killed = new Set<string>();
    cloud.before = async ({ orderId, step }) => {
      if (orderId !== id || killed.has(step) || (step !== 'pack' && step !== 'ship')) return;
      killed.add(step);
      await cloud.kill();
    };
    await release(id);

    const { shipment } = await becomes(id, 'delivered');

    expect(await ends('fulfilment', id)).toMatchObject({ status: 'SUCCEEDED' });
    const steps = cloud.stepsOf(id);
    // The step that was under way is begun anew, those before it are not.
    expect(steps).toEqual(['pick', 'pack', 'pack', 'label', 'ship', 'ship', 'deliver']);
    const [events] = await store.orders.run<{ count: number }>(
      `SELECT count(*) AS count FROM order_history WHERE order_id = $1 AND status IN ('shipped', 'delivered')`,
      [id],
    );
    expect(events?.count).toBe(2);
    expect(shipment?.deliveredAt).toBeDefined();
  }, 60_000);

  it('waits for the staff above the limit, and goes on once it is approved', async () => {
    const id = await confirmed('dear');
    expect((await decide(id, 'fulfilment', 'approved')).status).toBe(404);
    await release(id);
    const open = await eventually(async () => {
      const { body } = await store.call('GET', '/orders/approvals', STAFF);
      expect(body['items']).not.toEqual([]);
      return body['items'];
    });
    expect(open).toMatchObject([{ orderId: id, subject: 'fulfilment', amount: { amount: 100_000, currency: 'GBP' } }]);
    await decides(id, 'fulfilment', 'approved');

    expect(statesOf(await becomes(id, 'delivered'))).toEqual([...SOLD, 'fulfilling', 'shipped', 'delivered']);
    expect((await decide(id, 'fulfilment', 'approved')).status).toBe(200);
    expect((await decide(id, 'fulfilment', 'denied')).status).toBe(409);
    expect((await store.call('GET', '/orders/approvals', STAFF)).body['items']).toEqual([]);
    const [row] = await store.orders.run<{ decided_by: string }>(
      'SELECT decided_by FROM approval WHERE order_id = $1',
      [id],
    );
    expect(row?.decided_by).toMatch(/^user:/);
  });

  it('R24: is refunded in full, and its stock goes back, where the staff denies it', async () => {
    const id = await confirmed('dear');
    await release(id);
    await decides(id, 'fulfilment', 'denied');

    const order = await becomes(id, 'refunded');

    expect(statesOf(order)).toEqual([...SOLD, 'fulfilling', 'returned', 'refunded']);
    expect(order.refunds).toMatchObject([{ amount: order.total, status: 'succeeded' }]);
    expect(order.shipment?.calledOffAt).toBeDefined();
    await eventually(async () => expect(await restocks(id)).toBe(1));
    expect(await ends('fulfilment', id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(new Set(cloud.stepsOf(id))).toEqual(new Set(['approval', 'call-off']));
  });

  it('R24: is called off where a step fails thrice: stock and money go back', async () => {
    const id = await confirmed('cheap');
    cloud.before = ({ orderId, step }) => {
      if (orderId === id && step === 'pack') throw new RangeError('no parcel is large enough');
    };
    await release(id);

    const order = await becomes(id, 'refunded');

    expect(cloud.stepsOf(id)).toEqual(['pick', 'pack', 'pack', 'pack', 'call-off']);
    expect(order.refunds).toMatchObject([{ amount: order.total, status: 'succeeded' }]);
    await eventually(async () => expect(await restocks(id)).toBe(1));
    expect(await ends('fulfilment', id)).toEqual({ status: 'FAILED', error: 'Fulfilment.CalledOff' });
  });

  it('is left alone by its workflow where the staff has brought it further', async () => {
    const id = await confirmed('cheap');
    cloud.before = async ({ orderId, step }) => {
      if (orderId === id && step === 'deliver') await store.call('POST', `/orders/${id}/delivery`, STAFF);
    };
    await release(id);

    expect(await ends('fulfilment', id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(statesOf(await read(id))).toEqual([...SOLD, 'fulfilling', 'shipped', 'delivered']);
  });

  it('S37 S40: is released and decided on by the staff alone, and stepped by the functions alone', async () => {
    const as = randomUUID();
    const id = randomUUID();
    const body = { subject: 'fulfilment', decision: 'approved' };
    const calls = [
      store.call('POST', `/orders/${id}/fulfilment`, { as }),
      store.call('POST', `/orders/${id}/approvals`, { as, body }),
      store.call('GET', '/orders/approvals', { as }),
      store.call('POST', `/orders/internal/fulfilments/${id}/ship`, { ...STAFF, body: {} }),
      store.call('POST', `/orders/internal/refunds/${id}/pay`, { service: 'catalog', body: {} }),
    ];

    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([403, 403, 403, 401, 403]);
  });
});

describe('a refund', () => {
  async function delivered(product: keyof typeof products): Promise<string> {
    const id = await confirmed(product);
    await store.call('POST', `/orders/${id}/delivery`, STAFF);
    return id;
  }
  const giveBack = (id: string, product: keyof typeof products) => {
    const body = { items: [{ productId: products[product], quantity: 1 }], reason: 'broken' };
    return store.call('POST', `/orders/${id}/returns`, { ...STAFF, key: randomUUID(), body });
  };
  const refundIn = (body: unknown): string => z.object({ refund: z.object({ id: z.string() }) }).parse(body).refund.id;

  it('goes by its workflow without a wait below the limit: goods to the shelf, then the money', async () => {
    const id = await delivered('cheap');
    const refundId = refundIn((await giveBack(id, 'cheap')).body);

    const order = await becomes(id, 'partly-refunded');

    expect(order.refunds).toMatchObject([{ id: refundId, status: 'succeeded', amount: { amount: 500 } }]);
    expect(await ends('refund', refundId)).toMatchObject({ status: 'SUCCEEDED' });
    expect(cloud.stepsOf(refundId)).toEqual(['restock', 'pay']);
    await eventually(async () => expect(await restocks(id)).toBe(1));
  });

  it('waits for the staff above it; denied, it is closed and its money may be claimed again', async () => {
    const id = await delivered('dear');
    const refundId = refundIn((await giveBack(id, 'dear')).body);
    await decides(id, refundId, 'denied');

    expect(await ends('refund', refundId)).toMatchObject({ status: 'SUCCEEDED' });

    const { refunds, status } = await read(id);
    expect({ refunds, status }).toMatchObject({ refunds: [{ id: refundId, status: 'failed' }], status: 'returned' });
    expect(cloud.stepsOf(refundId)).not.toContain('pay');
    const [books] = await store.orders.run<{ claimed: number }>(
      'SELECT refunds_claimed AS claimed FROM orders WHERE id = $1',
      [id],
    );
    expect(books?.claimed).toBe(0);
  });
});
