import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile, type Tokens } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { RemoteKeys, TokenVerifier, ownIssuer } from '@lethe/identity';
import { type AuthService, type Answer, startAuth } from './auth-service.js';
import { refreshTokenHash } from '../src/session/refresh-token.js';

const AGE_USE = statement(
  'test.age-use',
  `UPDATE refresh_token SET used_at = used_at - make_interval(secs => 11) WHERE hash = $1`,
);
const AGE_TOKEN = statement('test.age-token', 'UPDATE refresh_token SET expires_at = now() WHERE hash = $1');
const AGE_SESSION = statement(
  'test.age-session',
  'UPDATE session SET expires_at = now() WHERE id = (SELECT session_id FROM refresh_token WHERE hash = $1)',
);
const ROLES = statement('test.roles', 'UPDATE account SET roles = $2 WHERE id = $1');
const SESSIONS = statement('test.sessions', 'SELECT count(*) AS count FROM session WHERE account_id = $1');
const STORED = statement('test.stored', `SELECT encode(hash, 'hex') AS hash FROM refresh_token`);

describe('sessions', () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth(3);
  });
  afterAll(() => auth.stop());

  async function signIn(): Promise<{ profile: Profile; tokens: Tokens }> {
    const profile = await auth.customer();
    return { profile, tokens: (await auth.login(profile.email)).body };
  }
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

  it('R30: begin on one replica and go on at any other', async () => {
    const { profile, tokens } = await signIn();

    const seen = await Promise.all([1, 2, 3].map(() => auth.call<Profile>('/auth/me', { token: tokens.accessToken })));

    expect(seen.map(({ body }) => body)).toEqual([profile, profile, profile]);
    expect(new Set(seen.map(({ headers }) => headers.get('x-instance'))).size).toBe(3);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(200);
  });

  it('S11: give access tokens of ten minutes that say nothing personal', async () => {
    const { profile, tokens } = await signIn();
    const claims = claimsOf(tokens.accessToken);

    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
    expect(Object.keys(claims).sort()).toEqual(['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'roles', 'sid', 'sub']);
    expect(claims).toMatchObject({
      iss: 'http://localhost:8080/auth',
      aud: 'lethe',
      sub: profile.id,
      roles: ['customer'],
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(600);
  });

  it('publish the keys by which anyone else checks their tokens, and no private part', async () => {
    const { profile, tokens } = await signIn();
    const url = `${(await auth.replicas[0]?.getUrl()) ?? ''}/auth/.well-known/jwks.json`;
    const verifier = new TokenVerifier({
      issuer: ownIssuer({ issuer: 'http://localhost:8080/auth', audience: 'lethe', jwksUrl: url }),
      keys: new RemoteKeys({ url }),
    });

    expect(await verifier.verify(tokens.accessToken)).toMatchObject({ id: profile.id, roles: ['customer'] });
    const jwks = await auth.call<{ keys: Record<string, unknown>[] }>('/auth/.well-known/jwks.json');
    expect(jwks.headers.get('cache-control')).toContain('max-age');
    expect(Object.keys(jwks.body.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const { body } = await auth.call<Record<string, unknown>>('/auth/.well-known/openid-configuration');
    expect(body).toMatchObject({
      issuer: 'http://localhost:8080/auth',
      jwks_uri: expect.stringContaining('jwks.json'),
    });
  });

  it('S16: rotate refresh tokens; one used again after the grace period ends the whole session', async () => {
    const { tokens } = await signIn();
    const second = (await auth.refresh(tokens.refreshToken)).body;
    const third = (await auth.refresh(second.refreshToken)).body;
    await auth.database.query(AGE_USE, [refreshTokenHash(tokens.refreshToken)]);

    const reuse = await auth.refresh(tokens.refreshToken);

    expect(new Set([tokens, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(reuse.status).toBe(401);
    expect((await auth.refresh(third.refreshToken)).status).toBe(401);
  });

  it('S17: give 20 parallel refreshes with one token on three replicas one and the same successor', async () => {
    const { tokens } = await signIn();

    const answers: Answer<Tokens>[] = await Promise.all(
      Array.from({ length: 20 }, () => auth.refresh(tokens.refreshToken)),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    expect((await auth.refresh([...successors][0] ?? '')).status).toBe(200);
  });

  it('S18: end when unused and at the latest after their absolute time, and are stored hashed', async () => {
    const idle = await signIn();
    const old = await signIn();
    await auth.database.query(AGE_TOKEN, [refreshTokenHash(idle.tokens.refreshToken)]);
    await auth.database.query(AGE_SESSION, [refreshTokenHash(old.tokens.refreshToken)]);

    expect((await auth.refresh(idle.tokens.refreshToken)).status).toBe(401);
    expect((await auth.refresh(old.tokens.refreshToken)).status).toBe(401);
    const stored = await auth.database.query<{ hash: string }>(STORED);
    expect(stored.map(({ hash }) => hash)).toContain(refreshTokenHash(idle.tokens.refreshToken)?.toString('hex'));
    expect(stored.map(({ hash }) => Buffer.from(hash, 'hex').toString('base64url'))).not.toContain(
      idle.tokens.refreshToken,
    );
  });

  it('S20: end with logout, at once, for every token; and logout tells nothing', async () => {
    const { tokens } = await signIn();
    const next = (await auth.refresh(tokens.refreshToken)).body;

    const logout = await auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } });

    expect(logout.status).toBe(204);
    expect((await auth.refresh(next.refreshToken)).status).toBe(401);
    expect((await auth.call('/auth/logout', { body: { refreshToken: 'never seen' } })).status).toBe(204);
  });

  it('S20: never give a token after the logout was acknowledged, however many refreshes race it', async () => {
    const { tokens } = await signIn();
    const racing = Array.from({ length: 10 }, () => auth.refresh(tokens.refreshToken));

    await auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } });
    const answers = await Promise.all(racing);

    const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.refreshToken);
    for (const token of [tokens.refreshToken, ...new Set(given)]) expect((await auth.refresh(token)).status).toBe(401);
  });

  it('S42: carry a changed role from the next refresh on', async () => {
    const { profile, tokens } = await signIn();
    await auth.database.query(ROLES, [profile.id, ['analyst']]);

    const { body } = await auth.refresh(tokens.refreshToken);

    expect(claimsOf(body.accessToken)).toMatchObject({ roles: ['analyst'] });
  });

  it('refuse what is no refresh token', async () => {
    expect((await auth.refresh('no such token')).status).toBe(401);
    expect((await auth.refresh('A'.repeat(43))).status).toBe(401);
    expect((await auth.call('/auth/refresh', { body: {} })).status).toBe(400);
  });

  it('S37: are asked for by every route but those meant for anyone', async () => {
    const { body } = await auth.call<{ paths: Record<string, Record<string, { security: unknown[] }>> }>(
      '/auth/openapi.json',
    );

    const open = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { security }]) => (security.length === 0 ? [`${method} ${path}`] : [])),
    );

    expect(open).toEqual([
      'post /auth/register',
      'post /auth/login',
      'post /auth/refresh',
      'post /auth/logout',
      'post /auth/password/forgot',
      'post /auth/password/reset',
      'post /auth/email/verify',
      'post /auth/email/resend',
      'post /auth/token',
      'get /auth/.well-known/jwks.json',
      'get /auth/.well-known/openid-configuration',
    ]);
  });

  it('are swept, when over, by the next sign-in of their account', async () => {
    const { profile, tokens } = await signIn();
    await auth.database.query(AGE_SESSION, [refreshTokenHash(tokens.refreshToken)]);

    await auth.login(profile.email);

    const [row] = await auth.database.query<{ count: number }>(SESSIONS, [profile.id]);
    expect(row?.count).toBe(1);
  });

  it('S37: need a token for what is not public, and then say who it is', async () => {
    expect((await auth.call('/auth/me')).headers.get('www-authenticate')).toBe('Bearer');
    expect((await auth.call('/auth/me', { token: 'x.y.z' })).status).toBe(401);
  });
});
