import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineCommand, defineEvent, defineStream } from './definitions.js';
import { permissionsOf } from './permissions.js';
import { defineService, defineTopology } from './service.js';

const data = z.object({ id: z.string() });
const Placed = defineEvent({ owner: 'orders', name: 'placed', version: 1, description: 'Placed.', data });
const Reserve = defineCommand({ owner: 'stock', name: 'reserve', version: 1, description: 'Reserve.', data });
const Count = defineCommand({ owner: 'stock', name: 'count', version: 1, description: 'Count.', data, reply: data });
const Clicks = defineStream({
  owner: 'stock',
  name: 'clicks',
  description: 'Clicks.',
  data,
  partitionKey: ({ id }) => id,
  shards: 1,
});
const orders = defineService({ name: 'orders', publishes: [Placed], sends: [Reserve, Count] });
const stock = defineService({
  name: 'stock',
  handles: [Reserve, Count, Placed],
  writes: [Clicks],
  reads: [Clicks],
});
const front = defineService({ name: 'front' });
const shop = defineTopology('shop', [orders, stock, front]);

const granted = (service: Parameters<typeof permissionsOf>[1]) =>
  permissionsOf(shop, service).map(({ on, name, actions }) => [on, name, actions.join(' ')]);

describe('permissionsOf', () => {
  it('S57: lets a service publish to its own topic and send to the queues of those it commands', () => {
    expect(granted(orders).slice(0, 2)).toEqual([
      ['topic', 'shop-orders', 'sns:GetTopicAttributes sns:Publish'],
      ['queue', 'shop-stock', 'sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage'],
    ]);
  });

  it('S57: lets a service consume its own queue, park in its dead-letter queue, and use its streams once each', () => {
    const consume = 'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl';
    expect(granted(stock)).toEqual([
      ['queue', 'shop-stock', `${consume} sqs:ReceiveMessage`],
      ['queue', 'shop-stock-dlq', 'sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage'],
      ['reply-queues', 'shop-orders-reply-', 'sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage'],
      ['stream', 'shop-clicks', 'kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:PutRecords'],
    ]);
  });

  it('S57: gives nothing to a service that says and hears nothing, and no wildcard to any', () => {
    expect(granted(front)).toEqual([]);
    const actions = shop.services.flatMap((service) => permissionsOf(shop, service)).flatMap(({ actions }) => actions);
    expect(actions.filter((action) => !/^[a-z]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
  });

  it('says which declaration a permission follows from', () => {
    expect(permissionsOf(shop, stock).map(({ because }) => because)).toEqual([
      'handles stock.reserve.v1, stock.count.v1, orders.placed.v1',
      'parks what it cannot read',
      'answers orders',
      'writes clicks; reads clicks',
    ]);
  });
});
