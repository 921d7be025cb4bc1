import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { type SessionStore, sessionIdOf } from '../src/index.js';
import { Browser } from './apps/browser.js';
import { dynamodbPlace } from './support/dynamodb-place.js';
import { HttpServers } from './apps/http-servers.js';
import { passportApp } from './apps/passport-app.js';
import { type StoreUnderTest } from './support/store-under-test.js';

const COOKIE = '__Host-session';

describe('Passport on two replicas', () => {
  const servers = new HttpServers();
  const clock = new FakeClock(Date.now());
  const users = new Set<string>();
  let place: StoreUnderTest;
  let store: SessionStore;
  /** What the provider was sent for a token. */
  let exchanges: URLSearchParams[];
  let replicas: string[];
  let browser: Browser;

  beforeAll(async () => {
    place = await dynamodbPlace();
    store = await place.open(clock);
    const providerUrl = await servers.start((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        exchanges.push(new URLSearchParams(body));
        response.setHeader('content-type', 'application/json').end('{"access_token":"ada","token_type":"Bearer"}');
      });
    });
    const open = async () => passportApp({ store: await place.open(clock), clock, providerUrl, users });
    replicas = [await servers.start(await open()), await servers.start(await open())];
  });
  beforeEach(() => {
    users.add('ada');
    exchanges = [];
    browser = new Browser();
  });
  afterAll(async () => {
    await servers.close();
    await place.close();
  });

  function signIn(at = 0) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return browser.send(`${replicas[at]}/sign-in`, { method: 'POST', headers, body: 'username=ada&password=x' });
  }

  /** Leaves for the provider from one replica; answers with the address it would send the browser back to. */
  async function leave(at = 0): Promise<{ back: string; challenge: string | null }> {
    const response = await browser.send(`${replicas[at]}/oauth`);
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    return {
      back: `/back?code=code&state=${searchParams.get('state')}`,
      challenge: searchParams.get('code_challenge'),
    };
  }

  async function statusOf(path: string, at = 0): Promise<number> {
    return (await browser.send(`${replicas[at]}${path}`)).status;
  }

  it('R30: a user who signs in on one replica is signed in on the other', async () => {
    await signIn(0);

    await expect((await browser.send(`${replicas[1]}/me`)).json()).resolves.toEqual({ id: 'ada' });
  });

  it('S31: signing in gives a new session id, and the old one opens nothing', async () => {
    await browser.send(`${replicas[0]}/cart`, { method: 'POST' });
    const planted = browser.cookies.get(COOKIE);
    await signIn(1);
    const own = browser.cookies.get(COOKIE);

    expect(planted).toBeDefined();
    expect(own).not.toBe(planted);
    browser.cookies.set(COOKIE, planted ?? '');
    await expect(statusOf('/me')).resolves.toBe(401);
  });

  it('S32: the session travels in a __Host- cookie alone', async () => {
    const response = await signIn();

    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
  });

  it('S21: a user who is gone is signed out at the next request', async () => {
    await signIn();
    users.delete('ada');

    await expect(statusOf('/me', 1)).resolves.toBe(401);
  });

  it("R30: a user's sessions are found, and ended, by who they are", async () => {
    await signIn();
    const { sessions } = await store.listByOwner('ada');
    expect(sessions.map(({ owner }) => owner)).toContain('ada');

    await expect(store.destroyByOwner('ada')).resolves.toBe(sessions.length);

    await expect(statusOf('/me', 1)).resolves.toBe(401);
  });

  it('signing out ends the session in the store', async () => {
    await signIn();
    const cookie = browser.cookies.get(COOKIE) ?? '';
    await browser.send(`${replicas[1]}/sign-out`, { method: 'POST' });
    const sid = decodeURIComponent(cookie).slice(2).split('.')[0] ?? '';

    await expect(store.read(sessionIdOf(sid))).resolves.toBeUndefined();
  });

  it('S19: an OAuth sign-in that leaves from one replica may come back to another', async () => {
    const { back, challenge } = await leave(0);

    await expect(statusOf(back, 1)).resolves.toBe(200);

    await expect(statusOf('/me', 0)).resolves.toBe(200);
    const verifier = exchanges[0]?.get('code_verifier') ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge);
  });

  it('S19: two sign-ins of one browser do not get in the way of each other', async () => {
    const first = await leave(0);
    const second = await leave(1);

    await expect(statusOf(first.back, 1)).resolves.toBe(200);
    await expect(statusOf(second.back, 0)).resolves.toBe(200);
  });

  it('S19: of twenty answers with one state, sent to both replicas, one is taken', async () => {
    const { back } = await leave();

    const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => statusOf(back, index % 2)));

    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 403)).toHaveLength(19);
    expect(exchanges).toHaveLength(1);
  });

  it('S19: a state is of no use in another browser', async () => {
    const { back } = await leave();
    browser = new Browser();

    await expect(statusOf(back)).resolves.toBe(403);
    await leave();
    await expect(statusOf(back)).resolves.toBe(403);
  });

  it('S19: a state ends after ten minutes', async () => {
    const { back } = await leave();
    clock.advance(600_000);

    await expect(statusOf(back)).resolves.toBe(403);
  });

  it('S19: a state that nobody gave out is refused', async () => {
    await leave();

    await expect(statusOf('/back?code=code&state=made-up')).resolves.toBe(403);
    await expect(statusOf('/back?code=code')).resolves.toBe(403);
  });
});
