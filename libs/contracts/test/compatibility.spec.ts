import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  type Mismatch,
  type WireSchema,
  messageBreaks,
  messagesOf,
  replyBreaks,
  requestBreaks,
  responseBreaks,
  wireSchemaOf,
  wireShapesOf,
} from '@lethe/topology';
import { z } from 'zod';
import { OrderConfirmed, httpRequests, httpResponses, productSchema, registerSchema, store } from '../src/index.js';

const folder = join(import.meta.dirname, '../released');
const released = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as WireSchema;

const messages = wireShapesOf(store);
type Judge = (before: WireSchema, now: WireSchema) => Mismatch[];
const shapes: { name: string; schema: z.ZodType; judge: Judge }[] = [
  ...[...messages].map(([name, schema]) => ({ name, schema, judge: messageBreaks })),
  ...Object.entries(httpRequests).map(([name, schema]) => ({ name: `http/${name}`, schema, judge: requestBreaks })),
  ...Object.entries(httpResponses).map(([name, schema]) => ({ name: `http/${name}`, schema, judge: responseBreaks })),
];

describe('the contracts', () => {
  it('R22: still declare every message and shape that was released', () => {
    const names = globSync(['*.json', 'http/*.json'], { cwd: folder }).map((file) =>
      file.replaceAll('\\', '/').replace('.json', ''),
    );

    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !shapes.some((shape) => shape.name === name))).toEqual([]);
  });

  it('have a released form of everything: `npm run release:contracts` writes what is new', () => {
    expect(shapes.filter(({ name }) => !existsSync(join(folder, `${name}.json`))).map(({ name }) => name)).toEqual([]);
  });

  it.each(shapes)('R22: read and write $name as it was released', ({ name, schema, judge }) => {
    expect(judge(released(name), wireSchemaOf(schema))).toEqual([]);
  });

  it('R22: answer older versions of a request so that those who send them can read it', () => {
    expect(messagesOf(store).flatMap(replyBreaks)).toEqual([]);
  });
});

describe('the comparison with what was released', () => {
  const data = OrderConfirmed.schema;
  const before = released(OrderConfirmed.type);

  it.each<[string, z.ZodType]>([
    ['a removed member', data.omit({ confirmedAt: true })],
    ['a renamed member', data.omit({ total: true }).extend({ sum: data.shape.total })],
    ['a new required member', data.extend({ channel: z.string() })],
    ['an amount that became text', data.extend({ total: z.string() })],
    ['an order without lines', data.extend({ items: z.array(data.shape.items.element) })],
    [
      'a smaller quantity',
      data.extend({ items: z.array(data.shape.items.element.extend({ quantity: z.int().min(1).max(9) })).min(1) }),
    ],
  ])('R22: fails on %s without a new version', (_, planted) => {
    expect(messageBreaks(before, wireSchemaOf(planted))).not.toEqual([]);
  });

  it('R22: lets additions pass that older readers ignore', () => {
    const grown = data.extend({ channel: z.string().optional(), gift: z.boolean().default(false) });

    expect(messageBreaks(before, wireSchemaOf(grown))).toEqual([]);
  });

  it('fails on a request that asks for more, and on an answer that says less', () => {
    const asksMore = registerSchema.extend({ phone: z.string() });
    const saysLess = productSchema.omit({ available: true });

    expect(requestBreaks(released('http/register'), wireSchemaOf(asksMore))).not.toEqual([]);
    expect(responseBreaks(released('http/product'), wireSchemaOf(saysLess))).not.toEqual([]);
  });
});
