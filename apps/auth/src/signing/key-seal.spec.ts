import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SigningKeySealError } from '../auth.errors.js';
import { KeySeal } from './key-seal.js';

const secret = randomBytes(32).toString('base64');

describe('KeySeal', () => {
  const seal = new KeySeal(secret);

  it('S56: gives back what it sealed, and shows nothing of it', () => {
    const sealed = seal.seal('kid', '{"d":"private"}');

    expect(sealed.toString('latin1')).not.toContain('private');
    expect(seal.open('kid', sealed)).toBe('{"d":"private"}');
    expect(seal.seal('kid', '{"d":"private"}')).not.toEqual(sealed);
  });

  it('opens for no other secret, no other key id, and nothing that was altered', () => {
    const sealed = seal.seal('kid', 'text');
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(14) ^ 1, 14);

    expect(() => new KeySeal(randomBytes(32).toString('base64')).open('kid', sealed)).toThrow(SigningKeySealError);
    expect(() => seal.open('other', sealed)).toThrow(SigningKeySealError);
    expect(() => seal.open('kid', altered)).toThrow(SigningKeySealError);
    expect(() => seal.open('kid', Buffer.alloc(3))).toThrow(SigningKeySealError);
  });
});
