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

  it('rejects what is no JWKS', () => {
    expect(() => importKeys({})).toThrow(TypeError);
    expect(() => importKeys(null)).toThrow(TypeError);
  });
});
