import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineCommand, defineEvent, defineStream } from '../definitions.js';
import { defineService, defineTopology } from '../service.js';
import { upcast } from '../upcasts.js';
import { asyncApiOf } from './asyncapi.js';
import { mermaidOf } from './mermaid.js';

const placed = { owner: 'orders', name: 'placed', description: 'An order was placed.' } as const;
const PlacedV1 = defineEvent({ ...placed, version: 1, data: z.object({ cents: z.int() }) });
const PlacedV2 = defineEvent({
  ...placed,
  version: 2,
  data: z.object({ cents: z.int(), currency: z.string() }),
  upcasts: [upcast(PlacedV1, ({ cents }) => ({ cents, currency: 'EUR' }))],
});
interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(tree);
  },
});
const Classify = defineCommand({
  owner: 'catalog',
  name: 'classify',
  version: 1,
  description: 'A question.',
  data: z.object({ root: tree }),
  reply: z.object({ path: z.array(z.string()) }),
});
const Clicks = defineStream({
  owner: 'web',
  name: 'clicks',
  description: 'Clicks.',
  data: z.object({ page: z.string() }),
  partitionKey: ({ page }) => page,
  shards: 2,
});
const orders = defineService({
  name: 'orders',
  publishes: [PlacedV2],
  sends: [Classify],
  handles: [PlacedV2],
  queue: { fifo: true },
  topic: { fifo: true },
});
const catalog = defineService({
  name: 'catalog',
  handles: [Classify, PlacedV2],
  queue: { fifo: true, maxReceiveCount: 5 },
});
const web = defineService({ name: 'web', writes: [Clicks] });
const shop = defineTopology('shop', [orders, catalog, web]);

describe('asyncApiOf', () => {
  const document = asyncApiOf(shop, { title: 'Shop', version: '2.1.0' });

  it('has a channel for each topic, queue and stream, with the settings that SNS and SQS have', () => {
    expect(Object.keys(document.channels)).toEqual([
      'topic.shop-orders.fifo',
      'queue.shop-orders.fifo',
      'queue.shop-catalog.fifo',
      'stream.shop-clicks',
      'reply.shop-orders-reply',
    ]);
    expect(document.channels['queue.shop-catalog.fifo']).toMatchObject({
      bindings: {
        sqs: {
          queue: { name: 'shop-catalog.fifo', fifoQueue: true, redrivePolicy: { maxReceiveCount: 5 } },
          deadLetterQueue: { name: 'shop-catalog-dlq.fifo', fifoQueue: true },
        },
      },
    });
  });

  it('has an operation for all that a service says and hears', () => {
    expect(document.operations).toMatchObject({
      'orders.publishes': {
        action: 'send',
        bindings: { sns: { consumers: [{ endpoint: { name: 'shop-orders.fifo' } }, {}] } },
      },
      'orders.sends.catalog.classify.v1': {
        action: 'send',
        reply: { channel: { $ref: '#/channels/reply.shop-orders-reply' } },
      },
      'catalog.handles': { action: 'receive', channel: { $ref: '#/channels/queue.shop-catalog.fifo' } },
      'web.writes.clicks': { action: 'send' },
    });
  });

  it('R22: names older versions that are still taken', () => {
    expect(Object.keys(document.components.messages)).toEqual(
      expect.arrayContaining(['orders.placed.v1', 'orders.placed.v2', 'catalog.classify.v1.reply']),
    );
  });

  it('refers to nothing that is not there', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path.split('/'));

    const missing = references.filter((path) => valueAt(document, path) === undefined);

    expect(references.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});

describe('mermaidOf', () => {
  it('draws services, topics, queues and streams, and what goes between them', () => {
    const chart = mermaidOf(shop);

    expect(chart.split('\n').map((line) => line.trim())).toEqual([
      'flowchart LR',
      'service_orders["orders"]',
      'service_catalog["catalog"]',
      'service_web["web"]',
      'topic_shop_orders_fifo{{"shop-orders.fifo"}}',
      'queue_shop_orders_fifo[/"shop-orders.fifo"/]',
      'queue_shop_catalog_fifo[/"shop-catalog.fifo"/]',
      'queue_shop_orders_dlq_fifo[/"shop-orders-dlq.fifo"/]',
      'queue_shop_catalog_dlq_fifo[/"shop-catalog-dlq.fifo"/]',
      'stream_shop_clicks[("shop-clicks")]',
      'service_orders -->|"orders.placed.v2"| topic_shop_orders_fifo',
      'topic_shop_orders_fifo -->|"orders.placed.v1<br/>orders.placed.v2"| queue_shop_orders_fifo',
      'topic_shop_orders_fifo -->|"orders.placed.v1<br/>orders.placed.v2"| queue_shop_catalog_fifo',
      'service_orders -.->|"catalog.classify.v1"| queue_shop_catalog_fifo',
      'queue_shop_orders_fifo --> service_orders',
      'queue_shop_orders_fifo -.->|"after 8 receives"| queue_shop_orders_dlq_fifo',
      'queue_shop_catalog_fifo --> service_catalog',
      'queue_shop_catalog_fifo -.->|"after 5 receives"| queue_shop_catalog_dlq_fifo',
      'service_web ==> stream_shop_clicks',
      '',
    ]);
  });
});

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined,
    value,
  );
}
