import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineCommand, defineStream } from './definitions.js';
import { defineService, defineTopology } from './service.js';
import { upcast } from './upcasts.js';
import { replyBreaks, wireShapesOf } from './wire-shapes.js';

const price = { owner: 'catalog', name: 'price', description: 'x', data: z.object({ sku: z.string() }) } as const;
const V1 = defineCommand({ ...price, version: 1, reply: z.object({ cents: z.int() }) });
const versionTwo = (reply: z.ZodType) =>
  defineCommand({ ...price, version: 2, reply, upcasts: [upcast(V1, (data) => data)] });

describe('wireShapesOf', () => {
  it('R22: gives messages, the older versions that are still taken, replies, and records', () => {
    const Clicks = defineStream({
      owner: 'shop',
      name: 'clicks',
      description: 'x',
      data: z.object({}),
      partitionKey: () => 'k',
      shards: 1,
    });
    const V2 = versionTwo(z.object({ cents: z.int(), rate: z.int() }));
    const catalog = defineService({ name: 'catalog', handles: [V2] });
    const shop = defineService({ name: 'shop', sends: [V1], writes: [Clicks] });

    const shapes = wireShapesOf({ name: 't', services: [catalog, shop] });

    expect([...shapes.keys()].toSorted()).toEqual([
      'catalog.price.v1',
      'catalog.price.v1.reply',
      'catalog.price.v2',
      'catalog.price.v2.reply',
      'clicks',
    ]);
    expect(defineTopology('t', [catalog, shop]).services).toHaveLength(2);
  });
});

describe('replyBreaks', () => {
  it('R22: finds replies that those who ask in an older version could not read', () => {
    expect(replyBreaks(versionTwo(z.object({ cents: z.int(), rate: z.int() })))).toEqual([]);
    expect(replyBreaks(versionTwo(z.object({ amount: z.int() })))).toMatchObject([{ path: 'catalog.price.v1/cents' }]);
    expect(replyBreaks(defineCommand({ ...price, version: 1 }))).toEqual([]);
  });
});
