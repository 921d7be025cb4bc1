import { describe, expect, it } from '@jest/globals';
import { Pseudonyms } from './pseudonyms.js';

describe('Pseudonyms', () => {
  it('S54: gives a session the same pseudonym everywhere, and another one under another salt', () => {
    const pseudonym = new Pseudonyms('salt').of('session-1');

    expect(pseudonym).toMatch(/^[\w-]{22}$/);
    expect(new Pseudonyms('salt').of('session-1')).toBe(pseudonym);
    expect(new Pseudonyms('salt').of('session-2')).not.toBe(pseudonym);
    expect(new Pseudonyms('other').of('session-1')).not.toBe(pseudonym);
  });
});
