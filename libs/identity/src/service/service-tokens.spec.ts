import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { issuerKey } from '../../test/issuer.js';
import { IdentityConfigError, type InvalidTokenError } from '../identity.errors.js';
import { makeServiceKey } from './service-key.js';
import { ServiceTokenVerifier } from './service-token-verifier.js';
import { ServiceTokens } from './service-tokens.js';

describe('service tokens', () => {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  const orders = makeServiceKey('orders');
  const auth = makeServiceKey('auth');
  const keys = JSON.stringify({ keys: [orders.publicJwk, auth.publicJwk] });
  const catalog = new ServiceTokenVerifier({ service: 'catalog', keys, clock });
  const tokens = () => new ServiceTokens({ service: 'orders', key: JSON.stringify(orders.privateJwk), clock });
  const refusal = (token: string) =>
    catalog.verify(token).then(
      ({ service }) => `accepted ${service}`,
      ({ reason }: InvalidTokenError) => reason,
    );

  it('tell the service that is called who calls, and no other service', async () => {
    expect(await refusal(tokens().tokenFor('catalog'))).toBe('accepted orders');
    expect(await refusal(tokens().tokenFor('analytics'))).toBe('the claim aud is not accepted');
  });

  it('S11: live for a minute, say no more than they must, and are used again for half of it', async () => {
    const mine = tokens();
    const token = mine.tokenFor('catalog');
    const { iat = 0, exp, jti, ...rest } = decodeJwt(token);

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'service+jwt', kid: orders.publicJwk['kid'] });
    expect(rest).toEqual({ iss: 'orders', sub: 'orders', aud: 'catalog' });
    expect({ lives: (exp ?? 0) - iat, jti }).toEqual({ lives: 60, jti: expect.any(String) });
    clock.advance(29_000);
    expect(mine.tokenFor('catalog')).toBe(token);
    clock.advance(1_000);
    expect(mine.tokenFor('catalog')).not.toBe(token);
    clock.advance(61_000);
    expect(await refusal(token)).toBe('the token has expired');
  });

  it('S02: are refused by their signature: of another key under a known id, of another text, or none', async () => {
    const thief = makeServiceKey('orders');
    const stolen = JSON.stringify({ ...thief.privateJwk, kid: orders.publicJwk['kid'] });
    const [head, , signature = ''] = tokens().tokenFor('catalog').split('.');
    const [, other] = tokens().tokenFor('catalog').split('.');

    expect(await refusal(new ServiceTokens({ service: 'orders', key: stolen, clock }).tokenFor('catalog'))).toBe(
      'the signature is wrong',
    );
    expect(await refusal(`${head}.${other}.${signature}`)).toBe('the signature is wrong');
    expect(await refusal(`${head}.${other}.${Buffer.alloc(64).toString('base64url')}`)).toBe('the signature is wrong');
  });

  it('S01: let no service sign for another, whose keys are known as well', async () => {
    const forged = textOf({ ...orders.privateJwk, kid: 'auth:x' });
    const asAuth = new ServiceTokens({ service: 'auth', key: forged, clock }).tokenFor('catalog');
    expect(await refusal(asAuth)).toBe('the key is not known');

    const key = await issuerKey('orders:1');
    const verifier = new ServiceTokenVerifier({ service: 'catalog', keys: JSON.stringify({ keys: [key.jwk] }), clock });
    const now = Math.floor(clock.now() / 1_000);
    const token = (claims: object) =>
      key.signText(
        '{"alg":"ES256","typ":"service+jwt","kid":"orders:1"}',
        JSON.stringify({ iss: 'orders', sub: 'orders', aud: 'catalog', jti: 'j', iat: now, exp: now + 60, ...claims }),
      );
    expect(await verifier.verify(token({}))).toEqual({ service: 'orders', tokenId: 'j' });
    for (const claims of [{ iss: 'auth', sub: 'auth' }, { sub: 'auth' }, { exp: now + 61 }, { exp: undefined }])
      await expect(verifier.verify(token(claims))).rejects.toMatchObject({ status: 401 });
  });

  it('S06: are no access tokens, and access tokens are none of them', async () => {
    const key = await issuerKey('orders:1');

    expect(await refusal(await key.sign(clock, { aud: 'catalog' }))).toBe('the token is no service token');
    expect(await refusal(await key.sign(clock, { aud: 'catalog' }, { typ: 'service+jwt' }))).toBe(
      'the key is not known',
    );
  });

  it('S56: want keys that name their service, and repeat nothing of a secret that is none', () => {
    const secret = textOf({ ...orders.privateJwk, kid: 'hunter2' });
    for (const key of [secret, 'hunter2', '{"kid":"orders:1","d":"hunter2"}', textOf(auth.privateJwk)]) {
      const make = () => new ServiceTokens({ service: 'orders', key });
      expect(make).toThrow(IdentityConfigError);
      expect(make).not.toThrow('hunter2');
    }
    for (const list of ['x', '{}', JSON.stringify({ keys: [{ ...orders.publicJwk, kid: 'nobody' }] })])
      expect(() => new ServiceTokenVerifier({ service: 'catalog', keys: list })).toThrow(IdentityConfigError);
  });
});

const textOf = (jwk: object): string => JSON.stringify(jwk);
