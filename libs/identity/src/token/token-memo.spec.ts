import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { AUDIENCE, ISSUER, type IssuerKey, issuerKey } from '../../test/issuer.js';
import { ownIssuer } from '../issuers.js';
import { type VerificationKey, importKeys } from '../keys/key-source.js';
import { TokenMemo } from './token-memo.js';
import { TokenVerifier } from './token-verifier.js';

describe('a remembered token', () => {
  const issuer = ownIssuer({ issuer: ISSUER, audience: AUDIENCE, jwksUrl: `${ISSUER}/jwks.json` });
  let clock: FakeClock;
  let key: IssuerKey;
  let keys: ReadonlyMap<string, VerificationKey>;
  let verifier: TokenVerifier;
  const peek = (kid: string) => keys.get(kid);
  beforeEach(async () => {
    clock = new FakeClock('2026-03-01T12:00:00Z');
    key = await issuerKey('key-1');
    keys = importKeys({ keys: [key.jwk] });
    verifier = new TokenVerifier({ issuer, clock, keys: { peek, find: (kid) => Promise.resolve(peek(kid)) } });
  });

  it('is the same principal again, which nobody can change', async () => {
    const token = await key.sign(clock, { roles: ['customer'] });
    const principal = await verifier.verify(token);

    expect(await verifier.verify(token)).toBe(principal);
    expect(verifier.recall(token)).toBe(principal);
    expect(Object.isFrozen(principal) && Object.isFrozen(principal.roles)).toBe(true);
  });

  it('S04: expires while it is remembered, and is too early where the clock went back', async () => {
    const token = await key.sign(clock);
    await verifier.verify(token);
    clock.set('2026-03-01T11:59:29Z');
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'the claim iat is not accepted' });
    clock.set('2026-03-01T12:10:29Z');
    await verifier.verify(token);
    clock.advance(1_000);

    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'the token has expired' });
    expect(() => verifier.recall(token)).toThrow('the token has expired');
  });

  it('S03: is refused as soon as its key is withdrawn, and by another key of the same id', async () => {
    const token = await key.sign(clock);
    await verifier.verify(token);
    keys = new Map();
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'the key is not known' });
    expect(verifier.recall(token)).toBeUndefined();
    keys = importKeys({ keys: [(await issuerKey('key-1')).jwk] });
    expect(verifier.recall(token)).toBeUndefined();

    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'the signature is wrong' });
  });

  it('S10: stands for no other text', async () => {
    const token = await key.sign(clock);
    await verifier.verify(token);

    for (const other of [`${token}=`, ` ${token}`, token.slice(0, -1)])
      await expect(verifier.verify(other)).rejects.toMatchObject({ status: 401 });
  });

  it('R11: makes room for others', () => {
    const memo = new TokenMemo<number>(2);
    const [verification] = keys.values();
    if (!verification) throw new TypeError('no key');
    for (const n of [1, 2, 3]) memo.keep(`token ${n}`, verification, n);

    expect([1, 2, 3].map((n) => memo.recall(`token ${n}`)?.found)).toEqual([undefined, 2, 3]);
  });
});
