import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageBytes, splitBatches, textAttributes } from './batches.js';

describe('splitBatches', () => {
  it('keeps every entry in its place, in batches of at most ten entries and so many bytes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 100, max: 500 }), (list, max) => {
        const entries = list.map((bytes, at) => ({ bytes, at }));

        const batches = splitBatches(entries, max);

        expect(batches.flat()).toEqual(entries);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it('opens no batch while there is room in the last', () => {
    expect(
      splitBatches(
        Array.from({ length: 20 }, () => ({ bytes: 1 })),
        10,
      ).map(({ length }) => length),
    ).toEqual([10, 10]);
    expect(splitBatches([{ bytes: 60 }, { bytes: 40 }, { bytes: 1 }], 100).map(({ length }) => length)).toEqual([2, 1]);
  });
});

describe('messageBytes', () => {
  it('counts UTF-8 bytes of the body and of names, types and values of attributes', () => {
    expect(messageBytes('é€😀', {})).toBe(2 + 3 + 4);
    expect(messageBytes('', textAttributes({ type: 'é' }))).toBe('type'.length + 'String'.length + 2);
  });
});

describe('textAttributes', () => {
  it('leaves out what has no value', () => {
    expect(textAttributes({ type: 'a', traceparent: undefined, empty: '' })).toEqual({
      type: { DataType: 'String', StringValue: 'a' },
    });
  });
});
