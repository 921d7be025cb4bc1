import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokenOf } from './outgoing.js';

describe('tokenOf', () => {
  it('gives what SQS takes as the id of a group or for deduplication, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(tokenOf(text)).toMatch(/^[\x21-\x7e]{1,128}$/);
        expect(tokenOf(text)).toBe(tokenOf(text));
      }),
    );
  });

  it('leaves alone what SQS takes anyway', () => {
    expect(tokenOf('0198c1b4-0000-7000-8000-000000000001')).toBe('0198c1b4-0000-7000-8000-000000000001');
    expect(tokenOf('a b')).not.toBe(tokenOf('a c'));
  });
});
