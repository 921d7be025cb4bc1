import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { issuerKey } from '../../test/issuer.js';
import { type InvalidTokenError } from '../identity.errors.js';
import { cognitoIssuer } from '../issuers.js';
import { importKeys } from '../keys/key-source.js';
import { TokenVerifier } from './token-verifier.js';

const issuer = cognitoIssuer({ region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: ['web', 'app'] });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'pool-key', alg: 'RS256', use: 'sig' };
const clock = new FakeClock('2026-03-01T12:00:00Z');
const keys = importKeys({ keys: [jwk] }, issuer.algorithm);
const verifier = new TokenVerifier({ issuer, clock, keys: { find: (kid) => Promise.resolve(keys.get(kid)) } });

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const now = Math.floor(clock.now() / 1_000);
/** The claims of an access token as the documentation of Cognito shows them. */
const access = {
  sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  'cognito:groups': ['admin'],
  iss: issuer.issuer,
  version: 2,
  client_id: 'web',
  origin_jti: 'origin-1',
  event_id: 'event-1',
  token_use: 'access',
  scope: 'openid',
  auth_time: now,
  exp: now + 900,
  iat: now,
  jti: 'token-1',
  username: 'someone',
};
function tokenOf(claims: object, header: object = {}): string {
  const head = { kid: 'pool-key', alg: 'RS256', ...header };
  const signed = `${encode(head)}.${encode(JSON.parse(JSON.stringify({ ...access, ...claims })) as object)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url')}`;
}
const refusal = (token: string) =>
  verifier.verify(token).then(
    () => 'accepted',
    ({ reason }: InvalidTokenError) => reason,
  );

describe('the issuer Cognito', () => {
  it('S07: tells the user by issuer and subject, groups as roles, the sign-in by its origin', async () => {
    expect(await verifier.verify(tokenOf({}))).toMatchObject({
      id: access.sub,
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
      roles: ['admin', 'analyst'],
      sessionId: 'origin-1',
      tokenId: 'token-1',
    });
    expect((await verifier.verify(tokenOf({ 'cognito:groups': undefined }))).roles).toEqual([]);
  });

  it('S07: names who moved into the pool by the id of before, and everyone else by sub', async () => {
    const moved = await verifier.verify(tokenOf({ 'lethe:account_id': 'an-account', jti: 'moved' }));

    expect(moved.id).toBe('an-account');
    for (const wrong of ['', 'a b', 7, ['an-account'], null]) {
      const token = tokenOf({ 'lethe:account_id': wrong, jti: `wrong-${String(wrong)}` });
      expect(await refusal(token)).toBe('the claim lethe:account_id is not accepted');
    }
    const subless = tokenOf({ 'lethe:account_id': 'an-account', sub: undefined });
    expect(await refusal(subless)).toBe('the claim sub is not accepted');
  });

  it('S06: lets no id token authorize', async () => {
    const id = { token_use: 'id', aud: 'web', client_id: undefined, email: 'a@b.example' };

    expect(await refusal(tokenOf(id))).toBe('the claim token_use is not accepted');
    expect(await refusal(tokenOf({ ...id, client_id: 'web' }))).toBe('the claim token_use is not accepted');
    expect(await refusal(tokenOf({ token_use: undefined }))).toBe('the claim token_use is not accepted');
  });

  it('S05: takes tokens of the clients that are listed, of this pool', async () => {
    expect(await refusal(tokenOf({ client_id: 'app' }))).toBe('accepted');
    for (const client of ['other', ['web'], undefined, '', 'WEB'])
      expect(await refusal(tokenOf({ client_id: client }))).toBe('the claim client_id is not accepted');
    expect(await refusal(tokenOf({ iss: `${issuer.issuer}2` }))).toBe('the claim iss is not accepted');
    expect(await refusal(tokenOf({ iss: [issuer.issuer] }))).toBe('the claim iss is not accepted');
  });

  it('S01: refuses ES256, none, and HMAC with the public key in any of its forms', async () => {
    const ecdsa = await issuerKey('pool-key');
    const [, payload = ''] = tokenOf({}).split('.');
    const head = encode({ kid: 'pool-key', alg: 'HS256' });
    const secrets = [rsa.publicKey.export({ format: 'pem', type: 'spki' }), JSON.stringify(jwk), String(jwk.n)];

    expect(await refusal(ecdsa.signText('{"kid":"pool-key","alg":"ES256"}', JSON.stringify(access)))).toBe(
      'the algorithm is not allowed',
    );
    for (const secret of secrets) {
      const mac = createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url');
      expect(await refusal(`${head}.${payload}.${mac}`)).toBe('the algorithm is not allowed');
    }
    for (const alg of ['none', 'None', 'PS256', 'RS512', 'rs256', undefined])
      expect(await refusal(tokenOf({}, { alg }))).toBe('the algorithm is not allowed');
  });

  it('S03 S12: refuses tokens that bring keys or extensions, and those of another type', async () => {
    for (const header of [{ jwk }, { jku: 'https://evil.example' }, { x5c: ['AA'] }, { crit: ['exp'] }, { zip: 'DEF' }])
      expect(await refusal(tokenOf({}, header))).toBe('the token has a header that is not supported');
    for (const typ of ['at+jwt', 'service+jwt', 'id', ''])
      expect(await refusal(tokenOf({}, { typ }))).toBe('the token is no access token');
    expect(await refusal(tokenOf({}, { typ: 'JWT' }))).toBe('accepted');
  });

  it('S04 S11: wants times, and lets a token of a pool that issues for a day live for 15 minutes', async () => {
    expect(await refusal(tokenOf({ exp: now - 31 }))).toBe('the token has expired');
    expect(await refusal(tokenOf({ exp: undefined }))).toBe('the claim exp is not accepted');
    expect(await refusal(tokenOf({ iat: now - 931, exp: now + 86_400 }))).toBe('the token has expired');
    expect(await refusal(tokenOf({ iat: now + 31 }))).toBe('the claim iat is not accepted');
  });

  it('is an emulator where an endpoint is named, in its keys and in its name', () => {
    const local = cognitoIssuer({
      region: 'local',
      userPoolId: 'local_1',
      clientIds: ['web'],
      endpoint: 'http://c:9229/',
    });

    expect(local).toMatchObject({
      issuer: 'http://c:9229/local_1',
      jwksUrl: 'http://c:9229/local_1/.well-known/jwks.json',
    });
  });
});
