import { Parser } from '@asyncapi/parser';
import { store } from '@lethe/contracts';
import { asyncApiOf, defineCommand, defineEvent, defineService, defineStream, defineTopology } from '@lethe/topology';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

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
const Grown = defineEvent({ owner: 'forest', name: 'grown', version: 1, description: 'A tree grew.', data: tree });
const Fell = defineCommand({
  owner: 'forest',
  name: 'fell',
  version: 1,
  description: 'Fells a tree and says what it was.',
  data: z.object({ name: z.string(), at: z.tuple([z.number(), z.number()]), kind: z.enum(['oak', 'elm']) }),
  reply: tree,
});
const Rings = defineStream({
  owner: 'forest',
  name: 'rings',
  description: 'Rings.',
  data: z.record(z.string(), z.number()),
  partitionKey: () => 'one',
  shards: 1,
});
const forest = defineService({
  name: 'forest',
  publishes: [Grown],
  handles: [Fell],
  writes: [Rings],
  queue: { fifo: true },
  topic: { fifo: true },
});
const mill = defineService({ name: 'mill', sends: [Fell], handles: [Grown], reads: [Rings], queue: { fifo: true } });

/** Errors and warnings. */
const SERIOUS: readonly number[] = [0, 1];

describe('the AsyncAPI document', () => {
  it.each([
    ['the store', store],
    ['FIFO, requests, streams and shapes that contain themselves', defineTopology('wood', [forest, mill])],
  ])('is accepted by @asyncapi/parser: %s', async (_, topology) => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncApiOf(topology)));

    const faults = diagnostics.filter(({ severity }) => SERIOUS.includes(severity));
    expect(faults.map(({ message, path, code }) => `${String(code)} ${path.join('/')}: ${message}`)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
    expect(document?.allMessages().all().length).toBeGreaterThan(2);
  });
});
