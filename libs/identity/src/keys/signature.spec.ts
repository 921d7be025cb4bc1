import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSignedBy } from './signature.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { algorithm: 'ES256', key: ec.publicKey } as const;
const signatureOf = (bytes: Buffer) => sign('sha256', bytes, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });

describe('isSignedBy', () => {
  it('judges signatures as Node does by itself, those with leading zeros and high bits too', async () => {
    // One number in 128 begins with a byte of zeros: of 400 signatures some six have one.
    for (let n = 0; n < 400; n += 1) {
      const bytes = Buffer.from(`message ${n}`);
      const signature = signatureOf(bytes);
      expect(await isSignedBy(key, bytes, signature)).toBe(true);
      const other = Buffer.from(signature);
      other[n % 64] = (other[n % 64] ?? 0) ^ (1 << (n % 8));
      const nodes = verify('sha256', bytes, { key: ec.publicKey, dsaEncoding: 'ieee-p1363' }, other);
      expect(await isSignedBy(key, bytes, other)).toBe(nodes);
    }
  });

  it('S02: takes no signature of zeros (CVE-2022-21449), of another length or in DER', async () => {
    const bytes = Buffer.from('message');
    const der = sign('sha256', bytes, ec.privateKey);
    const signature = signatureOf(bytes);

    for (const bad of [
      Buffer.alloc(64),
      Buffer.alloc(0),
      signature.subarray(1),
      Buffer.concat([signature, signature]),
      der,
    ])
      expect(await isSignedBy(key, bytes, bad)).toBe(false);
  });

  it('S01: verifies RS256 by PKCS #1 v1.5, and no signature of PSS', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const bytes = Buffer.from('message');
    const pss = { key: rsa.privateKey, padding: 6, saltLength: 32 };
    const by = { algorithm: 'RS256', key: rsa.publicKey } as const;

    expect(await isSignedBy(by, bytes, sign('sha256', bytes, rsa.privateKey))).toBe(true);
    expect(await isSignedBy(by, bytes, sign('sha256', bytes, pss))).toBe(false);
  });
});
