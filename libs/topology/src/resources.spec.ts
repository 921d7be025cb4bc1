import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineCommand, defineEvent, defineStream } from './definitions.js';
import { INBOX_RETENTION_SECONDS, QUEUE_DEFAULTS, resourcesOf } from './resources.js';
import { defineService, defineTopology } from './service.js';

const data = z.object({ id: z.string() });
const event = <const O extends string, const N extends string>(owner: O, name: N) =>
  defineEvent({ owner, name, version: 1, description: name, data });

const Placed = event('orders', 'placed');
const Confirmed = event('orders', 'confirmed');
const Reserved = event('stock', 'reserved');
const Reserve = defineCommand({ owner: 'stock', name: 'reserve', version: 1, description: 'Reserve.', data });
const Clicks = defineStream({
  owner: 'reports',
  name: 'clicks',
  description: 'Clicks.',
  data,
  partitionKey: ({ id }) => id,
  shards: 3,
});

const shop = defineTopology('shop', [
  defineService({ name: 'front' }),
  defineService({ name: 'orders', publishes: [Placed, Confirmed], sends: [Reserve], handles: [Reserved] }),
  defineService({ name: 'stock', publishes: [Reserved], handles: [Reserve, Confirmed] }),
  defineService({ name: 'reports', handles: [Placed, Reserved, Confirmed], writes: [Clicks], reads: [Clicks] }),
]);

describe('resourcesOf', () => {
  const { topics, queues, subscriptions, streams } = resourcesOf(shop);

  it('gives a topic to each service that publishes, and to no other', () => {
    expect(topics).toEqual([
      { name: 'shop-orders', owner: 'orders', fifo: false },
      { name: 'shop-stock', owner: 'stock', fifo: false },
    ]);
  });

  it('gives a queue and a dead-letter queue to each service that handles, and to no other', () => {
    expect(queues.map(({ name, owner, deadLetterQueue }) => [name, owner, deadLetterQueue])).toEqual([
      ['shop-orders', 'orders', 'shop-orders-dlq'],
      ['shop-stock', 'stock', 'shop-stock-dlq'],
      ['shop-reports', 'reports', 'shop-reports-dlq'],
    ]);
  });

  it('subscribes a queue once per topic, filtered to the events it handles; commands need no subscription', () => {
    expect(subscriptions).toEqual([
      { topic: 'shop-stock', queue: 'shop-orders', filterPolicy: { type: ['stock.reserved.v1'] } },
      { topic: 'shop-orders', queue: 'shop-stock', filterPolicy: { type: ['orders.confirmed.v1'] } },
      {
        topic: 'shop-orders',
        queue: 'shop-reports',
        filterPolicy: { type: ['orders.confirmed.v1', 'orders.placed.v1'] },
      },
      { topic: 'shop-stock', queue: 'shop-reports', filterPolicy: { type: ['stock.reserved.v1'] } },
    ]);
  });

  it('names a stream once, though it is written and read', () => {
    expect(streams).toEqual([{ name: 'shop-clicks', owner: 'reports', shards: 3 }]);
  });

  it('makes the same names every time, whatever the order of declarations', () => {
    const shuffled = resourcesOf({ ...shop, services: shop.services.toReversed() });
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

    expect([...shuffled.queues].sort(byName)).toEqual([...queues].sort(byName));
    expect(new Set(shuffled.subscriptions.map((entry) => JSON.stringify(entry)))).toEqual(
      new Set(subscriptions.map((entry) => JSON.stringify(entry))),
    );
  });
});

describe('QUEUE_DEFAULTS', () => {
  it('R20: allows three receives or more, and keeps dead letters longer than the queue keeps messages', () => {
    expect(QUEUE_DEFAULTS.maxReceiveCount).toBeGreaterThanOrEqual(3);
    expect(QUEUE_DEFAULTS.deadLetterRetentionSeconds).toBe(14 * 86_400);
    expect(QUEUE_DEFAULTS.deadLetterRetentionSeconds).toBeGreaterThan(QUEUE_DEFAULTS.retentionSeconds);
  });

  it('R14: has the inbox remember for as long as a message can come again', () => {
    expect(INBOX_RETENTION_SECONDS).toBeGreaterThanOrEqual(
      QUEUE_DEFAULTS.retentionSeconds + QUEUE_DEFAULTS.deadLetterRetentionSeconds,
    );
  });
});
