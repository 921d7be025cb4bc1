import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultOfJson } from './json-body.js';

describe('faultOfJson', () => {
  it('S43: finds a member named twice, however it is spelt and wherever it stands', () => {
    expect(faultOfJson('{"a":1,"a":2}')).toBe('the member "a" is there twice');
    expect(faultOfJson(String.raw`{"a":1,"\u0061" : 2}`)).toBe('the member "a" is there twice');
    expect(faultOfJson('[{"x":{"y":1,"z":2,"y":3}}]')).toBe('the member "y" is there twice');
  });

  it('lets names stand in different objects, and in values', () => {
    expect(faultOfJson('[{"a":1},{"a":"a"},{"b":{"a":["a","a"]},"a":1}]')).toBeUndefined();
    expect(faultOfJson(String.raw`{"a":"\"a\":{[","b":"\\","c":"a"}`)).toBeUndefined();
  });

  it('S43: finds nesting deeper than 32', () => {
    expect(faultOfJson('['.repeat(32) + ']'.repeat(32))).toBeUndefined();
    expect(faultOfJson('['.repeat(33) + ']'.repeat(33))).toBe('the body is nested deeper than 32');
  });

  it('finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(0, 2), (value, indent) => {
        expect(faultOfJson(JSON.stringify(value, null, indent))).toBeUndefined();
      }),
    );
  });
});
