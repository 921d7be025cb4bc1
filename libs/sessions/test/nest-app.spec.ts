import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { Body, Controller, Get, HttpCode, type INestApplication, Module, Post, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Sessions } from '../src/index.js';
import { BrowserSession, CurrentSession, SessionGuard, SessionsModule, SignedIn } from '../src/nest/index.js';
import { Browser } from './apps/browser.js';
import { FakeSessionStore } from './support/fake-session-store.js';

const NEW = 'the new secret, of 32 characters!';
const OLD = 'the old secret, of 32 characters!';

@Controller()
@UseGuards(SessionGuard)
class ShopController {
  @Get('form')
  async form(@CurrentSession() session: BrowserSession): Promise<{ token: string }> {
    return { token: await session.csrfToken() };
  }

  @Post('sign-in')
  @HttpCode(200)
  async signIn(@CurrentSession() session: BrowserSession, @Body() body: { user: string }): Promise<void> {
    await session.signIn(body.user);
  }

  @Post('cart')
  @HttpCode(200)
  async cart(@CurrentSession() session: BrowserSession, @Body() body: { item: string }): Promise<void> {
    await session.update((data) => ({ ...data, [body.item]: true }));
  }

  @Get('me')
  @SignedIn()
  me(@CurrentSession() session: BrowserSession) {
    return { user: session.owner, data: session.data };
  }

  @Post('sign-out')
  @HttpCode(200)
  async signOut(@CurrentSession() session: BrowserSession): Promise<void> {
    await session.end();
  }
}

@Controller()
class UnguardedController {
  @Get('unguarded')
  me(@CurrentSession() session: BrowserSession) {
    return { user: session.owner };
  }
}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('a NestJS application on %s with browser sessions', (_, adapter) => {
  let clock: FakeClock;
  let store: FakeSessionStore;
  let apps: INestApplication[];
  let browser: Browser;

  beforeEach(() => {
    clock = new FakeClock();
    store = new FakeSessionStore(clock);
    apps = [];
    browser = new Browser();
  });
  afterEach(() => Promise.all(apps.map((app) => app.close())));

  async function start(keys: string[] = [NEW]): Promise<string> {
    const sessions = new Sessions({ store, clock, idleSeconds: 60, absoluteSeconds: 600 });

    @Module({
      imports: [SessionsModule.forRoot({ sessions, keys })],
      controllers: [ShopController, UnguardedController],
    })
    class ShopModule {}

    const app = await NestFactory.create(ShopModule, adapter(), { logger: false, forceCloseConnections: true });
    apps.push(app);
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }

  function post(url: string, body: object = {}, headers: Record<string, string> = {}) {
    const init = { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
    return browser.send(url, { method: 'POST', ...init });
  }

  async function me(url: string): Promise<unknown> {
    const response = await browser.send(`${url}/me`);
    return response.status === 200 ? response.json() : response.status;
  }

  it('R30: a user who signs in on one replica is signed in on the other', async () => {
    await post(`${await start()}/sign-in`, { user: 'ada' });

    await expect(me(await start())).resolves.toEqual({ user: 'ada', data: {} });
  });

  it('S31: signing in gives a new id, keeps the data, and the old id opens nothing', async () => {
    const url = await start();
    await post(`${url}/cart`, { item: 'tea' });
    const planted = browser.cookies.get('__Host-session') ?? '';
    await post(`${url}/sign-in`, { user: 'ada' });

    await expect(me(url)).resolves.toEqual({ user: 'ada', data: { tea: true } });
    browser.cookies.set('__Host-session', planted);
    await expect(me(url)).resolves.toBe(401);
  });

  it('S32: the session travels in a __Host- cookie alone', async () => {
    const response = await post(`${await start()}/sign-in`, { user: 'ada' });

    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    await expect(response.text()).resolves.toBe('');
  });

  it('S33: an idle session ends', async () => {
    const url = await start();
    await post(`${url}/sign-in`, { user: 'ada' });
    clock.advance(60_000);

    await expect(me(url)).resolves.toBe(401);
  });

  it('signing out ends the session and takes the cookie back', async () => {
    const url = await start();
    await post(`${url}/sign-in`, { user: 'ada' });
    await post(`${url}/sign-out`);

    expect(browser.cookies.size).toBe(0);
    expect(store.records.size).toBe(0);
  });

  it('S34 R31: while the store is down a signed-in user gets 503, and is back when it is', async () => {
    const url = await start();
    await post(`${url}/sign-in`, { user: 'ada' });

    store.isDown = true;
    await expect(me(url)).resolves.toBe(503);
    store.isDown = false;

    await expect(me(url)).resolves.toMatchObject({ user: 'ada' });
  });

  it('a cookie that was not signed here costs the store nothing', async () => {
    const url = await start();
    browser.cookies.set('__Host-session', 'guessed.signature');

    await expect(me(url)).resolves.toBe(401);
    expect(store.calls).toEqual([]);
  });

  it('S35: a mutation from another site is refused, and a form without its token', async () => {
    const url = await start();
    const { token } = (await (await browser.send(`${url}/form`)).json()) as { token: string };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const submit = (headers: Record<string, string>) =>
      browser.send(`${url}/sign-out`, { method: 'POST', headers, body: '{}' }).then(({ status }) => status);

    await expect(submit({ ...form, 'sec-fetch-site': 'cross-site', 'x-csrf-token': token })).resolves.toBe(403);
    await expect(submit({ origin: 'https://evil.example', 'content-type': 'application/json' })).resolves.toBe(403);
    await expect(submit({ ...form, 'x-csrf-token': 'forged' })).resolves.toBe(403);
    await expect(submit(form)).resolves.toBe(403);
  });

  it('S35: the token of the own form, in the header, lets it pass', async () => {
    const url = await start();
    const { token } = (await (await browser.send(`${url}/form`)).json()) as { token: string };

    const response = await post(`${url}/sign-in`, { user: 'ada' }, { 'x-csrf-token': token });

    expect(response.status).toBe(200);
  });

  it('S36: a cookie of the old key is taken, and signed anew with the new one', async () => {
    await post(`${await start([OLD])}/sign-in`, { user: 'ada' });
    const oldCookie = browser.cookies.get('__Host-session');

    await expect(me(await start([NEW, OLD]))).resolves.toMatchObject({ user: 'ada' });

    expect(browser.cookies.get('__Host-session')).not.toBe(oldCookie);
    await expect(me(await start([NEW]))).resolves.toMatchObject({ user: 'ada' });
  });

  it('a route that asks for the session without the guard fails, and tells nothing', async () => {
    const url = await start();

    expect((await browser.send(`${url}/unguarded`)).status).toBe(500);
  });
});
