import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile, type SessionPage, type Tokens } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';
import { Browser, REDIRECT_URI, actionOf, authorization, formTokenOf } from './browser.js';

const COOKIE = '__Host-lethe-sign-in';
const AGE_CODES = statement('test.age-codes', 'UPDATE authorization_code SET expires_at = now()');
const STORED_CODES = statement('test.codes', `SELECT encode(hash, 'hex') AS hash FROM authorization_code`);

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token?: string;
  readonly error?: string;
}

describe('signing in by redirects', () => {
  let auth: AuthService;
  let urls: readonly string[];
  let turn = 0;
  beforeAll(async () => {
    auth = await startAuth(3);
    urls = await Promise.all(auth.replicas.map((app) => app.getUrl()));
  });
  afterAll(() => auth.stop());

  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

  async function token(form: Record<string, string>): Promise<{ status: number; headers: Headers; body: TokenAnswer }> {
    turn += 1;
    const url = `${urls[turn % urls.length] ?? ''}/auth/token`;
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as TokenAnswer };
  }

  /** Signs a new customer in with a new browser, up to the code; or asks for another code with one that is signed in. */
  async function toTheCode(parameters: Record<string, string> = {}, known?: { browser: Browser; profile: Profile }) {
    const browser = known?.browser ?? (await Browser.of(auth.replicas));
    const profile = known?.profile ?? (await auth.customer());
    const begun = authorization(parameters);
    const page = known
      ? await browser.visit(begun.path)
      : await browser.signIn(begun.path, { email: profile.email, password: PASSWORD });
    const code = page.location?.searchParams.get('code') ?? '';
    const exchange = {
      grant_type: 'authorization_code',
      client_id: 'lethe-web',
      redirect_uri: REDIRECT_URI,
      code,
      code_verifier: begun.verifier,
    };
    return { browser, profile, page, exchange, ...begun };
  }

  it('S13 S19 R30: end with tokens, each step on another replica, and state comes back as it went', async () => {
    const { page, state, exchange, profile } = await toTheCode({ scope: 'openid', nonce: 'n-1' });

    const { status, headers, body } = await token(exchange);

    expect(page.status).toBe(303);
    expect(page.location?.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
    expect(page.location?.searchParams.get('state')).toBe(state);
    expect(page.location?.searchParams.get('iss')).toBe('http://localhost:8080/auth');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'openid' });
    const me = await auth.call<{ sub: string; email: string }>('/auth/userinfo', { token: body.access_token });
    expect(me.body).toMatchObject({ sub: profile.id, email: profile.email, name: 'Ada' });
    expect(claimsOf(body.id_token ?? '')).toMatchObject({ aud: 'lethe-web', sub: profile.id, nonce: 'n-1' });
    expect(claimsOf(body.access_token)).toMatchObject({ client_id: 'lethe-web', aud: 'lethe' });
  });

  it('S06: an ID token authorizes nothing', async () => {
    const { exchange } = await toTheCode({ scope: 'openid' });
    const { body } = await token(exchange);

    expect((await auth.call('/auth/me', { token: body.id_token ?? '' })).status).toBe(401);
  });

  it('S13: need PKCE by S256, and no other grant or response is there', async () => {
    const browser = await Browser.of(auth.replicas);
    const faults = [
      { code_challenge: '' },
      { code_challenge_method: 'plain' },
      { code_challenge_method: '' },
      { code_challenge: 'short' },
      { response_type: 'token' },
      { response_type: 'id_token' },
      { request_uri: 'https://evil.example/request' },
      { scope: 'openid admin' },
      { nonce: 'a\u0000b' },
      { nonce: 'n'.repeat(513) },
      { prompt: 'none login' },
      { max_age: 'soon' },
    ];
    for (const fault of faults) {
      const { path, state } = authorization(fault);
      const { status, location } = await browser.visit(path);
      expect({ fault, status, at: location?.origin }).toEqual({ fault, status: 303, at: 'http://localhost:8080' });
      expect(location?.searchParams.get('error')).toMatch(
        /^(invalid_request|unsupported_response_type|invalid_scope|request_uri_not_supported)$/,
      );
      expect(location?.searchParams.get('state')).toBe(state);
    }
    for (const grant of ['password', 'client_credentials', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer']) {
      const { status, body } = await token({ grant_type: grant, client_id: 'lethe-web', username: 'a', password: 'b' });
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'unsupported_grant_type' });
    }
  });

  it('S14: send nobody to a place that was not registered, character by character', async () => {
    const browser = await Browser.of(auth.replicas);
    const places = [
      'http://localhost:8080',
      'http://localhost:8080/?x=1',
      'http://localhost:8080//evil.example',
      'http://localhost:8080@evil.example/',
      'http://LOCALHOST:8080/',
      'https://evil.example/',
      'javascript:alert(1)',
      '/',
      '',
    ];
    for (const redirect of places) {
      const { path } = authorization({ redirect_uri: redirect, response_type: 'nonsense' });
      for (const page of [
        await browser.visit(path),
        await browser.visit(path, { form: { email: 'a', password: 'b' } }),
      ]) {
        expect({ redirect, status: page.status, location: page.location }).toEqual({
          redirect,
          status: 400,
          location: undefined,
        });
      }
    }
    const unknown = await browser.visit(authorization({ client_id: 'nobody' }).path);
    expect([unknown.status, unknown.location]).toEqual([400, undefined]);
    const twice = `${authorization().path}&redirect_uri=https%3A%2F%2Fevil.example%2F`;
    expect((await browser.visit(twice)).location).toBeUndefined();
    const stateTwice = await browser.visit(`${authorization().path}&state=other`);
    expect(stateTwice.location?.searchParams.get('error')).toBe('invalid_request');
  });

  it('S14 S15: a code is good for its own client, redirect URI and verifier alone, and then no more', async () => {
    const known = await toTheCode();
    for (const wrong of [
      { redirect_uri: 'http://localhost:8080/other' },
      { code_verifier: 'w'.repeat(43) },
      { code_verifier: '' },
      { client_id: 'nobody' },
      { code: 'x'.repeat(43) },
    ]) {
      const { exchange } = await toTheCode({}, known);
      const { status, body } = await token({ ...exchange, ...wrong });
      expect({ wrong, status }).toEqual({ wrong, status: 'client_id' in wrong ? 401 : 400 });
      expect(body.access_token).toBeUndefined();
    }
    const { exchange } = await toTheCode({}, known);
    await token({ ...exchange, code_verifier: 'w'.repeat(43) });
    expect((await token(exchange)).body).toEqual({ error: 'invalid_grant' });
  });

  it('S15: a code that comes a second time ends what the first gave, refresh and access tokens alike', async () => {
    const { exchange } = await toTheCode();
    const first = (await token(exchange)).body;
    expect((await auth.call('/auth/sessions', { token: first.access_token })).status).toBe(200);

    const second = await token(exchange);

    expect(second.status).toBe(400);
    expect(second.body).toEqual({ error: 'invalid_grant' });
    const refresh = { grant_type: 'refresh_token', client_id: 'lethe-web', refresh_token: first.refresh_token };
    expect((await token(refresh)).body).toEqual({ error: 'invalid_grant' });
    expect((await auth.call('/auth/sessions', { token: first.access_token })).status).toBe(401);
  });

  it('S15: of ten that redeem a code at once on three replicas none keeps its tokens', async () => {
    const { exchange } = await toTheCode();

    const answers = await Promise.all(Array.from({ length: 10 }, () => token(exchange)));

    const given = answers.filter(({ status }) => status === 200);
    expect(given).toHaveLength(1);
    const refresh_token = given[0]?.body.refresh_token ?? '';
    expect((await token({ grant_type: 'refresh_token', client_id: 'lethe-web', refresh_token })).status).toBe(400);
  });

  it('S15: a code lasts a minute and is stored hashed', async () => {
    const { exchange } = await toTheCode();
    const stored = await auth.database.query<{ hash: string }>(STORED_CODES);
    await auth.database.query(AGE_CODES);

    expect((await token(exchange)).body).toEqual({ error: 'invalid_grant' });
    expect(stored.map(({ hash }) => Buffer.from(hash, 'hex').toString('base64url'))).not.toContain(exchange.code);
  });

  it('S18: refresh tokens are bound to their client', async () => {
    const { exchange, profile } = await toTheCode();
    const web = (await token(exchange)).body;
    const direct: Tokens = (await auth.login(profile.email)).body;
    const grant = { grant_type: 'refresh_token', client_id: 'lethe-web' };

    expect((await auth.refresh(web.refresh_token)).status).toBe(401);
    expect((await token({ ...grant, refresh_token: direct.refreshToken })).body).toEqual({ error: 'invalid_grant' });
    expect((await token({ ...grant, refresh_token: web.refresh_token })).status).toBe(200);
    expect((await auth.refresh(direct.refreshToken)).status).toBe(200);
  });

  it('S31: the browser gets a new session when it signs in, and the one before is gone', async () => {
    const browser = await Browser.of(auth.replicas);
    const { email } = await auth.customer();
    const { path } = authorization();
    const page = await browser.visit(path);
    const planted = browser.cookies.get(COOKIE) ?? '';
    const form = { email, password: PASSWORD, _csrf: formTokenOf(page.html) };

    await browser.visit(actionOf(page.html), { form });

    const now = browser.cookies.get(COOKIE) ?? '';
    expect(Buffer.from(now, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(now).not.toBe(planted);
    const thief = await Browser.of(auth.replicas);
    thief.cookies.set(COOKIE, planted);
    expect((await thief.visit(path)).location).toBeUndefined();
    expect((await browser.visit(path)).location?.searchParams.has('code')).toBe(true);
  });

  it('S32: the cookie is __Host-, Secure, HttpOnly, SameSite, of the whole path and no domain', async () => {
    const browser = await Browser.of(auth.replicas);
    const { headers } = await browser.visit(authorization().path);

    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-lethe-sign-in=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
  });

  it('S35: a form that another site sends, or one without its token, signs nobody in', async () => {
    const browser = await Browser.of(auth.replicas);
    const { email } = await auth.customer();
    const page = await browser.visit(authorization().path);
    const _csrf = formTokenOf(page.html);
    const attempts = [
      { form: { email, password: PASSWORD } },
      { form: { email, password: PASSWORD, _csrf: 'forged.token' } },
      { form: { email, password: PASSWORD, _csrf }, headers: { 'sec-fetch-site': 'cross-site' } },
      { form: { email, password: PASSWORD, _csrf }, headers: { origin: 'https://evil.example' } },
    ];
    for (const attempt of attempts) {
      const { status, location } = await browser.visit(actionOf(page.html), attempt);
      expect({ attempt, status, location }).toEqual({ attempt, status: 403, location: undefined });
    }
    const stranger = await Browser.of(auth.replicas);
    const other = await stranger.visit(actionOf(page.html), { form: { email, password: PASSWORD, _csrf } });
    expect(other.status).toBe(403);
    const json = await fetch(`${urls[0] ?? ''}${actionOf(page.html)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD, _csrf }),
    });
    expect(json.status).toBe(415);
    const own = { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' };
    const good = await browser.visit(actionOf(page.html), { form: { email, password: PASSWORD, _csrf }, headers: own });
    expect(good.status).toBe(303);
  });

  it('S26 S48: show a page that runs nothing, frames nowhere and repeats what was typed only escaped', async () => {
    const browser = await Browser.of(auth.replicas);
    const { path } = authorization({ state: '"><script>alert(1)</script>' });
    const email = '"><img src=x onerror=alert(1)>';

    const known = await browser.signIn(path, { email: (await auth.customer()).email, password: 'a wrong password' });
    const unknown = await browser.signIn(path, { email, password: 'a wrong password' });

    for (const { status, html, headers } of [known, unknown]) {
      expect(status).toBe(401);
      expect(html).toContain('the address or the password is wrong');
      expect(html).not.toMatch(/<script|<img/);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/localhost:8080; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('same-origin');
    }
  });

  it('S20 S21: a browser that is signed in asks for no password, until a sign-in of it is ended', async () => {
    const { browser, exchange } = await toTheCode();
    const tokens = (await token(exchange)).body;
    const again = await browser.visit(authorization({ prompt: 'none' }).path);
    expect(again.location?.searchParams.has('code')).toBe(true);
    expect((await browser.visit(authorization({ max_age: '600' }).path)).location).toBeDefined();
    for (const asks of [{ prompt: 'login' }, { prompt: 'select_account consent' }, { max_age: '0' }]) {
      expect((await browser.visit(authorization(asks).path)).html).toContain('<form');
    }

    expect((await auth.call('/auth/logout', { body: { refreshToken: tokens.refresh_token } })).status).toBe(204);

    const after = await browser.visit(authorization({ prompt: 'none' }).path);
    expect(after.location?.searchParams.get('error')).toBe('login_required');
    expect((await browser.visit(authorization().path)).html).toContain('<form');
  });

  it('S20: a code that was given before the sign-ins of its account ended is worth nothing', async () => {
    const { exchange, profile } = await toTheCode();
    const direct = (await auth.login(profile.email)).body;
    const all = await auth.call('/auth/sessions', { token: direct.accessToken, method: 'DELETE' });

    expect(all.status).toBe(204);
    expect((await token(exchange)).body).toEqual({ error: 'invalid_grant' });
  });

  it('are listed with what they are, and nobody lists or ends another’s', async () => {
    const { exchange, profile } = await toTheCode();
    const { access_token: mine } = (await token(exchange)).body;
    const other: Profile = await auth.customer();
    const theirs = (await auth.login(other.email)).body;

    const { body } = await auth.call<SessionPage>('/auth/sessions', { token: mine });

    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ client: 'lethe-web', current: true, userAgent: 'node' });
    expect(body.items[0]?.address).toMatch(/^[0-9a-f]{16}$/);
    const id = body.items[0]?.id ?? '';
    const foreign = await auth.call(`/auth/sessions/${id}`, { token: theirs.accessToken, method: 'DELETE' });
    expect(foreign.status).toBe(404);
    expect((await auth.call('/auth/me', { token: mine })).body).toMatchObject({ id: profile.id });
  });

  it('S34: without the session store nobody signs in by the page, and it says so', async () => {
    const broken = await startAuth(1, { SESSIONS_TABLE: 'no-such-table' });
    try {
      const browser = await Browser.of(broken.replicas);
      const { status, html, headers } = await browser.visit(authorization().path);
      expect(status).toBe(503);
      expect(html).toContain('not possible at the moment');
      expect(headers.get('retry-after')).toBe('1');
      expect(headers.getSetCookie()).toEqual([]);
    } finally {
      await broken.stop();
    }
  });

  it('tell clients where everything is, and nothing that is not there', async () => {
    const { body } = await auth.call<Record<string, unknown>>('/auth/.well-known/openid-configuration');

    expect(body).toMatchObject({
      authorization_endpoint: 'http://localhost:8080/auth/authorize',
      token_endpoint: 'http://localhost:8080/auth/token',
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
    });
    expect((await token({ client_id: 'lethe-web' })).body).toMatchObject({ error: 'invalid_request' });
  });
});
