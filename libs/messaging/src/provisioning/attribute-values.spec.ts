import { describe, expect, it } from '@jest/globals';
import { sameValue } from './attribute-values.js';

describe('sameValue', () => {
  it('compares texts as texts', () => {
    expect(sameValue('30', '30')).toBe(true);
    expect(sameValue('30', '31')).toBe(false);
    expect(sameValue(undefined, '30')).toBe(false);
  });

  it('compares JSON by what it says', () => {
    expect(sameValue('{ "b": [1], "a": 2 }', '{"a":2,"b":[1]}')).toBe(true);
    expect(sameValue('{"a":2}', '{"a":3}')).toBe(false);
  });
});
