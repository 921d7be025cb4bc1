import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { messageBreaks, requestBreaks, responseBreaks, whyUnreadable } from './compatibility.js';
import { wireSchemaOf } from './json-schema.js';

const line = { sku: z.string(), quantity: z.int().min(1).max(100) };
const shape = {
  id: z.uuid(),
  state: z.enum(['open', 'closed']),
  total: z.int().min(0),
  note: z.string().max(50).optional(),
  code: z.string().regex(/^[A-Z]+$/),
  lines: z.array(z.object(line)).min(1),
  counts: z.record(z.string(), z.int()),
};
const released = wireSchemaOf(z.object(shape));
const breaksOf = (changed: z.ZodType) => messageBreaks(released, wireSchemaOf(changed));

describe('messageBreaks', () => {
  it('R22: finds nothing where nothing changed', () => {
    expect(breaksOf(z.object(shape))).toEqual([]);
  });

  it.each<[string, z.ZodType]>([
    ['a new optional member', z.object({ ...shape, colour: z.string().optional() })],
    ['a new member with a default', z.object({ ...shape, colour: z.string().default('red') })],
    [
      'a new optional member inside',
      z.object({ ...shape, lines: z.array(z.object({ ...line, gift: z.boolean().optional() })).min(1) }),
    ],
    ['a description', z.object({ ...shape, note: shape.note.describe('For the depot.') })],
    ['another order of members', z.object(Object.fromEntries(Object.entries(shape).toReversed()))],
    [
      'a shape that got a name',
      z.object({ ...shape, lines: z.array(z.object(line).meta({ id: 'LineOfTest' })).min(1) }),
    ],
  ])('R22: lets pass %s', (_, changed) => {
    expect(breaksOf(changed)).toEqual([]);
  });

  const { note: _note, ...withoutNote } = shape;
  const { total, ...withoutTotal } = shape;
  it.each<[string, z.ZodType, string, string]>([
    ['a removed optional member', z.object(withoutNote), '/note', 'was removed or renamed'],
    ['a removed required member', z.object(withoutTotal), '/total', 'is required by the reader, not always written'],
    [
      'a renamed member',
      z.object({ ...withoutTotal, sum: total }),
      '/sum',
      'is required by the reader, not always written',
    ],
    [
      'a new required member',
      z.object({ ...shape, colour: z.string() }),
      '/colour',
      'is required by the reader, not always written',
    ],
    [
      'an optional member that became required',
      z.object({ ...shape, note: z.string().max(50) }),
      '/note',
      'is required by the reader, not always written',
    ],
    [
      'a required member that became optional',
      z.object({ ...shape, total: total.optional() }),
      '/total',
      'is required by the reader, not always written',
    ],
    [
      'a member of another type',
      z.object({ ...shape, total: z.string() }),
      '/total',
      'integer is written, string is read',
    ],
    [
      'an integer that became a number',
      z.object({ ...shape, total: z.number().min(0) }),
      '/total',
      'number is written, integer is read',
    ],
    [
      'a member that may be null',
      z.object({ ...shape, total: total.nullable() }),
      '/total',
      'null is written, integer is read',
    ],
    ['a narrower enum', z.object({ ...shape, state: z.enum(['open']) }), '/state', 'closed is written and not read'],
    [
      'a wider enum, which older readers refuse',
      z.object({ ...shape, state: z.enum(['open', 'closed', 'lost']) }),
      '/state',
      'lost is written and not read',
    ],
    [
      'an enum that became text',
      z.object({ ...shape, state: z.string() }),
      '/state',
      'any value is written, only open, closed is read',
    ],
    [
      'a higher minimum',
      z.object({ ...shape, total: z.int().min(1) }),
      '/total',
      'minimum is 1 to the reader, 0 to the writer',
    ],
    [
      'a lower maximum inside',
      z.object({ ...shape, lines: z.array(z.object({ ...line, quantity: z.int().min(1).max(10) })).min(1) }),
      '/lines/[]/quantity',
      'maximum is 10 to the reader, 100 to the writer',
    ],
    [
      'a shorter text',
      z.object({ ...shape, note: z.string().max(20).optional() }),
      '/note',
      'maxLength is 20 to the reader, 50 to the writer',
    ],
    [
      'a list that may be empty',
      z.object({ ...shape, lines: z.array(z.object(line)) }),
      '/lines',
      'minItems is 1 to the reader, none to the writer',
    ],
    [
      'another format',
      z.object({ ...shape, id: z.email() }),
      '/id',
      'format is email to the reader, uuid to the writer',
    ],
    [
      'another pattern',
      z.object({ ...shape, code: z.string().regex(/^[A-Z]{3}$/) }),
      '/code',
      'pattern is ^[A-Z]{3}$ to the reader, ^[A-Z]+$ to the writer',
    ],
    [
      'other values of a record',
      z.object({ ...shape, counts: z.record(z.string(), z.string()) }),
      '/counts/*',
      'integer is written, string is read',
    ],
    [
      'a reader that refuses what it does not know',
      z.strictObject(withoutNote),
      '/note',
      'is written, and refused by the reader',
    ],
    [
      'a whole that became a choice',
      z.union([z.object(shape), z.object({ id: z.uuid() })]),
      '/state',
      'is required by the reader, not always written',
    ],
  ])('R22: refuses %s', (_, changed, path, reason) => {
    expect(breaksOf(changed)).toContainEqual({ path, reason });
  });
});

describe('requestBreaks', () => {
  const request = wireSchemaOf(z.strictObject({ name: z.string().max(50), limit: z.int().max(100).default(20) }));
  const after = (changed: z.ZodType) => requestBreaks(request, wireSchemaOf(changed));

  it('lets a server accept more than it did', () => {
    expect(
      after(
        z.strictObject({
          name: z.string().max(80).optional(),
          limit: z.int().max(500).default(50),
          tag: z.string().optional(),
        }),
      ),
    ).toEqual([]);
  });

  it('refuses a server that accepts less', () => {
    expect(after(z.strictObject({ name: z.string().max(50), limit: z.int().max(100) }))).not.toEqual([]);
    expect(after(z.strictObject({ name: z.string().max(10), limit: z.int().max(100).default(20) }))).not.toEqual([]);
    expect(after(z.strictObject({ name: z.string().max(50) }))).toContainEqual({
      path: '/limit',
      reason: 'is written, and refused by the reader',
    });
  });
});

describe('responseBreaks', () => {
  const answer = { id: z.uuid(), state: z.enum(['open', 'closed']), next: z.string().nullable() };
  const after = (changed: z.ZodType) => responseBreaks(wireSchemaOf(z.object(answer)), wireSchemaOf(changed));

  it('lets answers say more, and states become more', () => {
    expect(after(z.object({ ...answer, state: z.enum(['open', 'closed', 'lost']), colour: z.string() }))).toEqual([]);
  });

  it('refuses answers that say less, or something else', () => {
    expect(after(z.object({ ...answer, id: z.uuid().optional() }))).not.toEqual([]);
    expect(after(z.object({ ...answer, state: z.string() }))).not.toEqual([]);
    expect(after(z.object({ ...answer, next: z.int() }))).not.toEqual([]);
  });
});

describe('whyUnreadable', () => {
  const schemaOf = (schema: z.ZodType) => wireSchemaOf(schema).reads;

  it('holds every alternative of the writer against those of the reader', () => {
    const both = schemaOf(z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]));
    const one = schemaOf(z.object({ a: z.string() }));

    expect(whyUnreadable(one, both)).toEqual([]);
    expect(whyUnreadable(both, one)).toEqual([{ path: '/a', reason: 'is required by the reader, not always written' }]);
    expect(whyUnreadable(schemaOf(z.int()), both)).toEqual([{ path: '', reason: 'fits no alternative of the reader' }]);
  });

  it('reads anything where the reader asks for nothing', () => {
    expect(whyUnreadable(schemaOf(z.object(shape)), schemaOf(z.unknown()))).toEqual([]);
    expect(whyUnreadable(schemaOf(z.unknown()), schemaOf(z.string()))).toEqual([
      { path: '', reason: 'anything is written, string is read' },
    ]);
  });
});
