import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUuid, timeOfUuidv7, uuidv7 } from './uuid.js';

describe('uuidv7', () => {
  it('carries the time it was made, its version and its variant', () => {
    const id = uuidv7(1_700_000_000_123);

    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('7');
    expect('89ab').toContain(id[19]);
    expect(timeOfUuidv7(id)).toBe(1_700_000_000_123);
  });

  it('sorts by the millisecond it was made in', () => {
    expect(uuidv7(1_000) < uuidv7(1_001)).toBe(true);
  });

  it('sorts as its times do, whatever they are', () => {
    const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(times, times, (a, b) => {
        expect(timeOfUuidv7(uuidv7(a))).toBe(a);
        expect(a === b || uuidv7(a) < uuidv7(b) === a < b).toBe(true);
      }),
    );
  });

  it('never makes the same id twice', () => {
    const ids = Array.from({ length: 10_000 }, () => uuidv7(1_000));

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuses a time that does not fit 48 bits', () => {
    expect(() => uuidv7(-1)).toThrow(RangeError);
    expect(() => uuidv7(2 ** 48)).toThrow(RangeError);
  });

  it('does not read a time from another version', () => {
    expect(() => timeOfUuidv7('9b2c7a52-0d3b-4c9e-8f7a-0a6f3b6a1c11')).toThrow(RangeError);
  });
});
