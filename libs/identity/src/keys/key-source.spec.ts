import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { issuerKey } from '../../test/issuer.js';
import { importKeys } from './key-source.js';

describe('importKeys', () => {
  it('S09: takes keys that verify ES256 and leaves out every other', async () => {
    const { jwk } = await issuerKey('good');
    const others = [
      { ...jwk, kid: 'encrypts', use: 'enc' },
      { ...jwk, kid: 'signs', key_ops: ['sign'] },
      { ...jwk, kid: 'other-alg', alg: 'ES384' },
      { ...jwk, kid: 'private', d: 'secret' },
      { ...jwk, kid: 'k'.repeat(200) },
      { ...jwk, kid: undefined },
      { kty: 'RSA', kid: 'rsa', n: 'AQAB', e: 'AQAB' },
      { kty: 'oct', kid: 'mac', k: 'c2VjcmV0' },
      'no key',
      null,
    ];

    const keys = importKeys({ keys: [...others, { ...jwk, key_ops: ['verify'] }] });

    expect([...keys.keys()]).toEqual(['good']);
  });

  it('S09: takes RSA keys of 2,048 to 8,192 bits for RS256, and no key of another algorithm', () => {
    const rsa = (kid: string, bits: number) => ({
      ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }),
      kid,
    });
    const good = rsa('good', 2_048);
    const huge = { kty: 'RSA', kid: 'huge', e: 'AQAB', n: Buffer.alloc(1_100, 255).toString('base64url') };
    const others = [rsa('short', 1_024), huge, { ...good, kid: 'ps', alg: 'PS256' }, { ...good, kid: 'e', use: 'enc' }];

    expect([...importKeys({ keys: [...others, good] }, 'RS256').keys()]).toEqual(['good']);
    expect(importKeys({ keys: [good] }, 'ES256').size).toBe(0);
  });

  it('leaves out a point that is not on the curve, and keeps the others', async () => {
    const { jwk } = await issuerKey('good');
    const off = { ...jwk, kid: 'off', y: Buffer.alloc(32, 7).toString('base64url') };

    expect([...importKeys({ keys: [off, jwk] }).keys()]).toEqual(['good']);
  });

  it('rejects what is no JWKS', () => {
    expect(() => importKeys({})).toThrow(TypeError);
    expect(() => importKeys(null)).toThrow(TypeError);
  });
});
