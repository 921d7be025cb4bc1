import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, fingerprintOf } from './canonical-json.js';
import { NestingError } from './idempotency.errors.js';

describe('canonicalJson', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
      }),
    );
  });

  it('keeps the order of arrays', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it('sorts members by UTF-16 code units and writes no white space (RFC 8785)', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  it('leaves out members that are undefined, and writes dates as JSON does', () => {
    expect(canonicalJson({ b: undefined, a: new Date(0) })).toBe('{"a":"1970-01-01T00:00:00.000Z"}');
  });

  it('refuses what is nested too deeply', () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 101; depth += 1) value = [value];

    expect(() => canonicalJson(value)).toThrow(NestingError);
  });
});

describe('fingerprintOf', () => {
  it('is a SHA-256 that tells bodies and queries apart', () => {
    expect(fingerprintOf({ a: 1, b: 2 })).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf({ b: 2, a: 1 })).toBe(fingerprintOf({ a: 1, b: 2 }));
    expect(fingerprintOf({ a: 2 })).not.toBe(fingerprintOf({ a: 1 }));
    expect(fingerprintOf({ a: 1 }, { dry: 'true' })).not.toBe(fingerprintOf({ a: 1 }));
  });
});
