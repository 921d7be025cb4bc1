import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DefinitionError, defineCommand, defineEvent, defineStream } from './definitions.js';

const data = z.object({ id: z.string() });
const spec = { owner: 'shop', name: 'order-placed', version: 1, description: 'An order.', data };

describe('defineEvent and defineCommand', () => {
  it('name a message after its owner, its name and its version', () => {
    expect(defineEvent(spec)).toMatchObject({ kind: 'event', type: 'shop.order-placed.v1', owner: 'shop', version: 1 });
    expect(defineCommand({ ...spec, name: 'pay', version: 12 })).toMatchObject({
      kind: 'command',
      type: 'shop.pay.v12',
    });
  });

  it.each([
    'OrderPlaced',
    'order_placed',
    'order placed',
    '-order',
    'order-',
    'order--placed',
    '1st',
    '',
    'a'.repeat(41),
  ])('refuse the name "%s"', (name) => {
    expect(() => defineEvent({ ...spec, name })).toThrow(DefinitionError);
    expect(() => defineCommand({ ...spec, owner: name })).toThrow(DefinitionError);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse version %d', (version) => {
    expect(() => defineEvent({ ...spec, version })).toThrow('is not 1, 2, 3');
  });
});

describe('defineStream', () => {
  const stream = {
    owner: 'shop',
    name: 'clicks',
    description: 'Clicks.',
    data,
    partitionKey: ({ id }: { id: string }) => id,
    shards: 2,
  };

  it('keeps its schema and its partition key', () => {
    const defined = defineStream(stream);

    expect(defined).toMatchObject({ kind: 'stream', owner: 'shop', name: 'clicks', shards: 2, schema: data });
    expect(defined.partitionKey({ id: 'session-1' })).toBe('session-1');
  });

  it('refuses a bad name and a number of shards that is none', () => {
    expect(() => defineStream({ ...stream, name: 'Clicks' })).toThrow(DefinitionError);
    for (const shards of [0, -1, 1.5]) expect(() => defineStream({ ...stream, shards })).toThrow(DefinitionError);
  });
});
