import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock, deferred } from '@lethe/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { bridge } from '../src/bridge/index.js';
import { LetheFastifyStore } from '../src/fastify/index.js';
import { hostCookie } from '../src/index.js';
import { FakeSessionStore } from './support/fake-session-store.js';

declare module 'fastify' {
  interface Session {
    user?: string;
    cart?: string[];
    views?: number;
  }
}

const NEW = 'the new secret, of 32 characters!';
const OLD = 'the old secret, of 32 characters!';

describe('a Fastify application on LetheFastifyStore', () => {
  let clock: FakeClock;
  let store: FakeSessionStore;
  let apps: FastifyInstance[];
  let cookie: string;

  beforeEach(() => {
    clock = new FakeClock(Date.now());
    store = new FakeSessionStore(clock);
    apps = [];
    cookie = '';
  });
  afterEach(() => Promise.all(apps.map((app) => app.close())));

  /** A replica that signs cookies with these keys; `extend` adds routes of the test's own. */
  function start(
    secret: string[] = [NEW],
    extend: (app: FastifyInstance) => void = () => undefined,
    ours: fastifySession.SessionStore = new LetheFastifyStore({ store, clock }),
  ) {
    const app = fastify({ trustProxy: true });
    apps.push(app);
    const { name: cookieName, cookie: attributes } = hostCookie({ maxAgeSeconds: 60 });
    app.register(fastifyCookie);
    app.register(fastifySession, {
      secret,
      cookieName,
      cookie: { ...attributes },
      saveUninitialized: false,
      store: ours,
    });
    app.register(async (routes) => {
      extend(routes);
      routes.post('/sign-in', async (request) => {
        await request.session.regenerate();
        request.session.user = 'ada';
        return '';
      });
      routes.post('/sign-out', async (request) => {
        await request.session.destroy();
        return '';
      });
      routes.get('/me', async (request) => ({ user: request.session.user ?? 'anonymous', cart: request.session.cart }));
    });
    return app;
  }

  async function send(app: FastifyInstance, method: 'GET' | 'POST', url: string) {
    const response = await app.inject({ method, url, headers: { cookie, 'x-forwarded-proto': 'https' } });
    const [set] = [response.headers['set-cookie']].flat();
    if (set !== undefined) cookie = set.split(';')[0] ?? '';
    return response;
  }

  async function me(app: FastifyInstance): Promise<unknown> {
    const response = await send(app, 'GET', '/me');
    return response.statusCode === 200 ? response.json() : response.statusCode;
  }

  it('R30: a user who signs in on one replica is signed in on the other', async () => {
    await send(start(), 'POST', '/sign-in');

    await expect(me(start())).resolves.toEqual({ user: 'ada' });
  });

  it('S31: signing in gives a new session id, and the old one opens nothing', async () => {
    const app = start([NEW], (routes) => {
      routes.post('/cart', async (request) => {
        request.session.cart = ['tea'];
        return '';
      });
    });
    await send(app, 'POST', '/cart');
    const planted = cookie;
    await send(app, 'POST', '/sign-in');
    expect(cookie).not.toBe(planted);

    cookie = planted;
    await expect(me(app)).resolves.toEqual({ user: 'anonymous' });
  });

  it('S32: the session travels in a __Host- cookie alone', async () => {
    const response = await send(start(), 'POST', '/sign-in');

    expect([response.headers['set-cookie']].flat()).toEqual([
      expect.stringMatching(
        /^__Host-session=[^;]+;( Max-Age=60;)? Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it('S33: a session ends at the millisecond its cookie named, however the browser keeps it', async () => {
    const app = start();
    await send(app, 'POST', '/sign-in');
    const [record] = store.records.values();

    clock.set(record?.expiresAt ?? 0);

    await expect(me(app)).resolves.toEqual({ user: 'anonymous' });
  });

  it('R30: parallel requests on two replicas that change different keys both stay', async () => {
    const [arrived, go] = [deferred(), deferred()];
    const first = start([NEW], (routes) => {
      routes.post('/slow', async (request) => {
        request.session.views = 1;
        arrived.resolve();
        await go.promise;
        return '';
      });
    });
    const second = start([NEW], (routes) => {
      routes.post('/cart', async (request) => {
        request.session.cart = ['tea'];
        return '';
      });
    });
    await send(first, 'POST', '/sign-in');

    const slowAnswer = send(first, 'POST', '/slow');
    await arrived.promise;
    await send(second, 'POST', '/cart');
    go.resolve();
    await slowAnswer;

    expect([...store.records.values()][0]?.data['values']).toEqual({ user: 'ada', cart: ['tea'], views: 1 });
  });

  it('S20: a request that was under way when its session was destroyed does not bring it back', async () => {
    const [arrived, go] = [deferred(), deferred()];
    const app = start([NEW], (routes) => {
      routes.post('/slow', async (request) => {
        request.session.views = 1;
        arrived.resolve();
        await go.promise;
        return '';
      });
    });
    await send(app, 'POST', '/sign-in');
    const own = cookie;

    const slowAnswer = send(app, 'POST', '/slow');
    await arrived.promise;
    await send(app, 'POST', '/sign-out');
    go.resolve();
    await slowAnswer;

    cookie = own;
    await expect(me(app)).resolves.toEqual({ user: 'anonymous' });
  });

  it('saves a session twice in one request, each time what has changed since', async () => {
    const app = start([NEW], (routes) => {
      routes.post('/twice', async (request) => {
        request.session.views = 1;
        await request.session.save();
        request.session.views = 2;
        request.session.cart = ['milk'];
        return '';
      });
    });
    await send(app, 'POST', '/sign-in');
    await send(app, 'POST', '/twice');

    expect([...store.records.values()][0]?.data['values']).toEqual({ user: 'ada', cart: ['milk'], views: 2 });
  });

  it('S34 R31: while the store is down a signed-in user is refused, not anonymous, and is back when it is', async () => {
    const app = start();
    await send(app, 'POST', '/sign-in');

    store.isDown = true;
    await expect(me(app)).resolves.toBe(503);
    store.isDown = false;

    await expect(me(app)).resolves.toEqual({ user: 'ada' });
  });

  it('R30: moves from the memory of the process, and nobody is signed out', async () => {
    const memory = new fastifySession.MemoryStore();
    await send(start([NEW], undefined, memory), 'POST', '/sign-in');
    const sessions = bridge({ from: memory, to: { store, clock }, until: new Date(clock.now() + 1_000) });

    await expect(me(start([NEW], undefined, new LetheFastifyStore(sessions)))).resolves.toEqual({ user: 'ada' });

    clock.advance(1_000);
    await expect(me(start())).resolves.toEqual({ user: 'ada' });
  });

  it('S36: a replica with the new key and the old takes what the old key signed', async () => {
    await send(start([OLD]), 'POST', '/sign-in');

    await expect(me(start([NEW, OLD]))).resolves.toEqual({ user: 'ada' });
  });
});
