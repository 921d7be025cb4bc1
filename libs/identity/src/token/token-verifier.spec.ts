import { createHmac, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { AUDIENCE, ISSUER, type IssuerKey, issuerKey } from '../../test/issuer.js';
import { importKeys } from '../keys/key-source.js';
import { ownIssuer } from '../issuers.js';
import { TokenVerifier } from './token-verifier.js';

const OWN = ownIssuer({ issuer: ISSUER, audience: AUDIENCE, jwksUrl: `${ISSUER}/.well-known/jwks.json` });

describe('TokenVerifier', () => {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  let key: IssuerKey;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    key = await issuerKey('key-1');
    const keys = importKeys({ keys: [key.jwk] });
    verifier = new TokenVerifier({
      issuer: OWN,
      clock,
      keys: { find: (kid) => Promise.resolve(keys.get(kid)) },
    });
  });

  const seconds = (offset: number) => Math.floor(clock.now() / 1000) + offset;
  const refusal = (token: string) =>
    verifier.verify(token).then(
      () => 'accepted',
      (error: { status: number; reason: string; headers: Record<string, string> }) => {
        expect(error.status).toBe(401);
        expect(error.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/);
        return error.reason;
      },
    );

  it('tells who a good token is for', async () => {
    expect(await verifier.verify(await key.sign(clock))).toMatchObject({
      id: 'user-1',
      tokenId: 'token-1',
      roles: ['customer'],
    });
  });

  it('gives an admin what an analyst may', async () => {
    const { roles } = await verifier.verify(await key.sign(clock, { roles: ['admin'] }));

    expect(roles).toEqual(['admin', 'analyst']);
  });

  it('S01: refuses every algorithm but ES256: none, HMAC with the public key as secret, RSA', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const rsa = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'key-1' })
      .sign(privateKey);
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' })).toString('base64url');
    const payload = (await key.sign(clock)).split('.')[1] ?? '';
    const mac = createHmac('sha256', JSON.stringify(key.jwk)).update(`${head}.${payload}`).digest('base64url');

    expect(await refusal(new UnsecuredJWT({}).encode())).toBe('the token is malformed');
    expect(await refusal(`${new UnsecuredJWT({}).encode()}AAAA`)).toBe('the algorithm is not allowed');
    expect(await refusal(`${head}.${payload}.${mac}`)).toBe('the algorithm is not allowed');
    expect(await refusal(rsa)).toBe('the algorithm is not allowed');
  });

  it('S02: refuses a token whose claims were changed after it was signed', async () => {
    const [head, payload = '', signature] = (await key.sign(clock)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, roles: ['admin'] })).toString('base64url');

    expect(await refusal(`${head}.${changed}.${signature}`)).toBe('the signature is wrong');
  });

  it.each(['jku', 'jwk', 'x5u', 'x5c', 'x5t'])('S03: refuses a token that brings its key in %s', async (name) => {
    const header = { [name]: name === 'jwk' ? key.jwk : 'https://evil.example/keys' };

    expect(await refusal(await key.sign(clock, {}, header))).toBe('the token has a header that is not supported');
  });

  it('S03: refuses a key id that is missing, not a text, or long', async () => {
    const token = await key.sign(clock, {}, { kid: 'k'.repeat(129) });

    expect(await refusal(token)).toBe('the key id is missing or too long');
    expect(await refusal(await key.sign(clock, {}, { kid: '' }))).toBe('the key id is missing or too long');
    expect(await refusal(await key.sign(clock, {}, { kid: '../../etc/passwd' }))).toBe('the key is not known');
  });

  it('S04: needs exp, and forgives clocks at most its leeway', async () => {
    expect(await refusal(await key.sign(clock, { exp: seconds(-31) }))).toBe('the token has expired');
    expect(await refusal(await key.sign(clock, { exp: seconds(-29) }))).toBe('accepted');
    expect(await refusal(await key.sign(clock, { exp: undefined }))).toContain('exp');
    expect(await refusal(await key.sign(clock, { nbf: seconds(31) }))).toContain('nbf');
    expect(await refusal(await key.sign(clock, { iat: seconds(31), exp: seconds(600) }))).toContain('iat');
  });

  it('S04: cannot be given a leeway above 60 s', () => {
    const keys = { find: () => Promise.resolve(undefined) };

    expect(() => new TokenVerifier({ issuer: OWN, keys, leewaySeconds: 61 })).toThrow('above 60 s');
  });

  it('S05: needs the exact issuer and audience', async () => {
    expect(await refusal(await key.sign(clock, { iss: `${ISSUER}/` }))).toContain('iss');
    expect(await refusal(await key.sign(clock, { iss: undefined }))).toContain('iss');
    expect(await refusal(await key.sign(clock, { aud: 'another' }))).toContain('aud');
    expect(await refusal(await key.sign(clock, { aud: undefined }))).toContain('aud');
  });

  it('S06: refuses a token of another type', async () => {
    expect(await refusal(await key.sign(clock, {}, { typ: 'JWT' }))).toBe('the token is no access token');
    expect(await refusal(await key.sign(clock, {}, { typ: 'id+jwt' }))).toBe('the token is no access token');
  });

  it('S07: needs a subject and an id', async () => {
    expect(await refusal(await key.sign(clock, { sub: undefined }))).toContain('sub');
    expect(await refusal(await key.sign(clock, { sub: '' }))).toContain('sub');
    expect(await refusal(await key.sign(clock, { jti: undefined }))).toContain('jti');
    expect(await refusal(await key.sign(clock, { roles: 'admin' }))).toBe('the roles are no list');
  });

  it('S10: accepts one spelling of a token only', async () => {
    const token = await key.sign(clock);
    const last = token.at(-1) ?? '';
    const twin = token.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);

    expect(await refusal(twin)).toMatch(/malformed|signature/);
    expect(await refusal(`${token}=`)).toBe('the token is malformed');
    expect(await refusal(` ${token}`)).toBe('the token is malformed');
    expect(await refusal(`${token}.x`)).toBe('the token is malformed');
  });

  it('S11: refuses a token issued longer ago than 15 min, whatever its exp', async () => {
    expect(await refusal(await key.sign(clock, { iat: seconds(-931), exp: seconds(600) }))).toBe(
      'the token has expired',
    );
  });

  it('S12: refuses crit, zip and b64', async () => {
    const [, payload = '', signature = ''] = (await key.sign(clock)).split('.');
    for (const extra of [{ crit: ['b64'], b64: false }, { crit: ['x'], x: 1 }, { zip: 'DEF' }]) {
      const header = { alg: 'ES256', typ: 'at+jwt', kid: 'key-1', ...extra };
      const head = Buffer.from(JSON.stringify(header)).toString('base64url');
      expect(await refusal(`${head}.${payload}.${signature}`)).toBe('the token has a header that is not supported');
    }
  });

  /** A token with this very header and payload, and a good signature. */
  const signed = (head: string, payload: string) => key.signText(head, payload);
  const goodHead = '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}';
  const goodClaims = () => {
    const who = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', jti: 'token-1', roles: ['customer'] };
    return { ...who, iat: seconds(0), exp: seconds(600) };
  };

  it.each([
    ['claims', (claims: string) => [goodHead, claims.replace('"sub":', '"sub":"admin-1","sub":')]],
    ['headers', (claims: string) => [goodHead.replace('"typ"', '"kid":"other","typ"'), claims]],
    ['prototypes', (claims: string) => [goodHead, claims.replace('{', '{"__proto__":{},')]],
    ['depth', (claims: string) => [goodHead, claims.replace('{', `{"x":${'['.repeat(50)}${']'.repeat(50)},`)]],
  ] as const)('S02: refuses what two readers could read differently, though it is signed: %s', async (_, forge) => {
    const [head = '', payload = ''] = forge(JSON.stringify(goodClaims()));

    expect(await refusal(signed(goodHead, JSON.stringify(goodClaims())))).toBe('accepted');
    expect(await refusal(signed(head, payload))).toBe('the token is malformed');
  });

  it('S04: refuses times that are no numbers', async () => {
    for (const [name, value] of [
      ['exp', '9999999999'],
      ['exp', null],
      ['iat', [1]],
      ['nbf', true],
    ] as const)
      expect(await refusal(await key.sign(clock, { [name]: value }))).toContain(name);
    expect(await refusal(signed(goodHead, JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e999')))).toContain(
      'exp',
    );
  });

  it('S02 S10: refuses a token in which any one character is another', async () => {
    const token = await key.sign(clock);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(await refusal(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).not.toBe('accepted');
    }
  });

  it('S01: uses no key that was published for another algorithm', async () => {
    const rsa = {
      kid: 'key-1',
      algorithm: 'RS256',
      key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey,
    } as const;
    const confused = new TokenVerifier({ issuer: OWN, clock, keys: { find: () => Promise.resolve(rsa) } });

    await expect(confused.verify(await key.sign(clock))).rejects.toMatchObject({
      reason: 'the algorithm is not allowed',
    });
  });

  it('S20: tells the sign-in and the time of a token, for revocation', async () => {
    const token = await key.sign(clock, { sid: 'session-1' });

    expect(await verifier.verify(token)).toMatchObject({
      issuer: ISSUER,
      sessionId: 'session-1',
      issuedAt: seconds(0),
      expiresAt: seconds(600),
    });
    expect(await refusal(await key.sign(clock, { sid: 7 }))).toContain('sid');
  });

  it('refuses what is no token, and reads no more than 4 KiB', async () => {
    for (const text of ['', 'x', '..', 'a.b', 'a.b.c', `${'a'.repeat(5000)}.b.c`, 'null.null.null', 'bnVsbA.e30.AA']) {
      expect(await refusal(text)).toMatch(/malformed|too long/);
    }
  });
});
