import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { faultsOf } from './issue-faults.js';

const faults = (schema: z.ZodType, value: unknown, root = '') => {
  const { error } = schema.safeParse(value);
  return faultsOf(error?.issues ?? [], root).map(({ pointer }) => pointer);
};

describe('faultsOf', () => {
  it('points at members with JSON pointers, escaped as RFC 6901 says', () => {
    const schema = z.object({ 'a/b~c': z.object({ items: z.array(z.int()) }) });

    expect(faults(schema, { 'a/b~c': { items: [1, 'x'] } })).toEqual(['/a~1b~0c/items/1']);
    expect(faults(z.object({}), 'text')).toEqual(['']);
    expect(faults(z.object({ limit: z.int() }), {}, '#query')).toEqual(['#query/limit']);
  });

  it('names each unknown member', () => {
    expect(faults(z.strictObject({ inner: z.strictObject({}) }), { inner: { x: 1, y: 2 } })).toEqual([
      '/inner/x',
      '/inner/y',
    ]);
  });

  it('shows the faults of the union member that was meant', () => {
    const schema = z.union([
      z.strictObject({ items: z.array(z.object({ quantity: z.int() })).min(1), token: z.string() }),
      z.strictObject({ fromCart: z.literal(true), token: z.string() }),
    ]);

    expect(faults(schema, { items: [{ quantity: 1.5 }], token: 't' })).toEqual(['/items/0/quantity']);
    expect(faults(schema, { items: [], token: 't' })).toEqual(['/items']);
    expect(faults(schema, { fromCart: true })).toEqual(['/token']);
    expect(faults(schema, { fromCart: true, token: 't', extra: 1 })).toEqual(['/extra']);
    expect(faults(z.object({ at: z.union([z.int(), z.boolean()]) }), { at: 'x' })).toEqual(['/at']);
  });

  it('lists at most 50', () => {
    expect(
      faults(
        z.array(z.int()),
        Array.from({ length: 100 }, () => 'x'),
      ),
    ).toHaveLength(50);
  });
});
