import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import * as contracts from '../src/index.js';
import { goldenHttp, goldenNames, withUnknownMembers } from './golden-samples.js';

const { httpRequests, httpResponses } = contracts;
const samplesOf = (shapes: Readonly<Record<string, z.ZodType>>) =>
  Object.entries(shapes).flatMap(([name, schema]) => goldenHttp(name).map((golden) => ({ ...golden, schema })));

describe('golden samples of HTTP shapes', () => {
  it('exist for every shape, and for nothing else', () => {
    const names = [...Object.keys(httpRequests), ...Object.keys(httpResponses)].toSorted();

    expect([...new Set(goldenNames().http)].toSorted()).toEqual(names);
  });

  it('cover every whole shape that the contracts export', () => {
    const released = new Set<unknown>([...Object.values(httpRequests), ...Object.values(httpResponses)]);
    // Parts of shapes, and the records of streams.
    const parts = new Set<unknown>([
      contracts.moneySchema,
      contracts.cartItemSchema,
      contracts.clickSchema,
      contracts.enrichedClickSchema,
      contracts.amountsSchema,
      contracts.orderPaymentSchema,
      contracts.orderReturnSchema,
      contracts.shipmentSchema,
      contracts.approvalSubjectSchema,
      contracts.differenceSchema,
      contracts.imageSchema,
      contracts.imageSizeSchema,
      contracts.shownImageSchema,
    ]);
    const missing = Object.entries(contracts).filter(
      ([, value]) =>
        (value instanceof z.ZodObject || value instanceof z.ZodUnion) && !released.has(value) && !parts.has(value),
    );

    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it.each(samplesOf(httpRequests))('$file is what a client sends and a service accepts', ({ schema, sample }) => {
    expect(schema.parse(sample)).toEqual(sample);
  });

  it.each(samplesOf(httpRequests))('$file with a member nobody knows is refused', ({ schema, sample }) => {
    const misspelt = z.record(z.string(), z.unknown()).parse(sample);

    expect(schema.safeParse({ ...misspelt, quantitty: 1 }).success).toBe(false);
  });

  it.each(samplesOf(httpResponses))('$file is what a service answers and a client reads', ({ schema, sample }) => {
    expect(schema.parse(sample)).toEqual(sample);
  });

  it.each(samplesOf(httpResponses))('R22: $file is read though a later version answered it', ({ schema, sample }) => {
    expect(schema.safeParse(withUnknownMembers(sample)).success).toBe(true);
  });
});
