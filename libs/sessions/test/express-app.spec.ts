import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock, deferred } from '@lethe/testing';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import session, { type Store } from 'express-session';
import { LetheExpressStore, refuseForged, renameCookie } from '../src/express/index.js';
import { hostCookie } from '../src/index.js';
import { type SessionOwnerError } from '../src/sessions.errors.js';
import { type WebSessionsOptions } from '../src/web/web-sessions.js';
import { Browser } from './apps/browser.js';
import { FakeSessionStore } from './support/fake-session-store.js';
import { HttpServers } from './apps/http-servers.js';

const NEW = 'the new secret, of 32 characters!';
const OLD = 'the old secret, of 32 characters!';

const answerErrors: ErrorRequestHandler = (error: { statusCode?: number }, _request, response, _next) => {
  response.status(error.statusCode ?? 500).end();
};

describe('an Express application on LetheExpressStore', () => {
  const servers = new HttpServers();
  let store: FakeSessionStore;
  let browser: Browser;
  let mixUps: SessionOwnerError[];

  beforeEach(() => {
    store = new FakeSessionStore(new FakeClock(Date.now()));
    browser = new Browser();
    mixUps = [];
  });
  afterEach(() => servers.close());

  function sessions(options: Partial<WebSessionsOptions> = {}): Store {
    return new LetheExpressStore({ store, onMixUp: (error) => mixUps.push(error), ...options });
  }

  /** A replica that signs cookies with these keys; `extend` adds routes of the test's own. */
  function start(
    secret: string[] = [NEW],
    extend: (app: Express) => void = () => undefined,
    ours = sessions(),
    app = express(),
  ) {
    app.set('trust proxy', 1);
    app.use(session({ ...hostCookie(), secret, resave: false, saveUninitialized: false, store: ours }));
    extend(app);
    app.post('/sign-in/:user', (request, response) => {
      request.session.user = request.params.user;
      response.end();
    });
    app.post('/sign-out', (request, response) => request.session.destroy(() => response.end()));
    app.get('/me', (request, response) => {
      response.json({ user: request.session.user ?? 'anonymous', cart: request.session.cart });
    });
    app.use(answerErrors);
    return servers.start(app);
  }

  function post(url: string) {
    return browser.send(url, { method: 'POST' });
  }

  async function me(url: string): Promise<unknown> {
    const response = await browser.send(`${url}/me`);
    return response.status === 200 ? response.json() : response.status;
  }

  it('R30: parallel requests on two replicas that change different keys both stay', async () => {
    const [arrived, go] = [deferred(), deferred()];
    const slow: RequestHandler = (request, response) => {
      request.session.views = 1;
      arrived.resolve();
      void go.promise.then(() => response.end());
    };
    const first = await start([NEW], (app) => app.post('/slow', slow));
    const second = await start([NEW], (app) =>
      app.post('/cart', (request, response) => {
        request.session.cart = ['tea'];
        response.end();
      }),
    );
    await post(`${first}/sign-in/ada`);

    const slowAnswer = post(`${first}/slow`);
    await arrived.promise;
    await post(`${second}/cart`);
    go.resolve();
    await slowAnswer;

    await expect(me(first)).resolves.toEqual({ user: 'ada', cart: ['tea'] });
    expect([...store.records.values()][0]?.data['values']).toEqual({ user: 'ada', cart: ['tea'], views: 1 });
  });

  it('S20: a request that was under way when its session was destroyed does not bring it back', async () => {
    const [arrived, go] = [deferred(), deferred()];
    const url = await start([NEW], (app) =>
      app.post('/slow', (request, response) => {
        request.session.views = 1;
        arrived.resolve();
        void go.promise.then(() => response.end());
      }),
    );
    await post(`${url}/sign-in/ada`);

    const slowAnswer = post(`${url}/slow`);
    await arrived.promise;
    await post(`${url}/sign-out`);
    go.resolve();
    await slowAnswer;

    await expect(me(url)).resolves.toEqual({ user: 'anonymous' });
    expect(store.records.size).toBe(0);
  });

  it('S34 R31: while the store is down a signed-in user is refused, not anonymous, and is back when it is', async () => {
    const url = await start();
    await post(`${url}/sign-in/ada`);

    store.isDown = true;
    await expect(me(url)).resolves.toBe(503);
    await expect(me(url)).resolves.toBe(503);
    store.isDown = false;

    await expect(me(url)).resolves.toEqual({ user: 'ada' });
  });

  it('S34: a store that is down is asked again by each request: nothing is kept in the process', async () => {
    const url = await start();
    await post(`${url}/sign-in/ada`);
    await me(url);
    store.calls.length = 0;

    await me(url);

    expect(store.calls).toEqual(['read', 'extend']);
  });

  it('S34: never says that it is disconnected, which express-session takes for anonymous', async () => {
    const ours = sessions();
    const said: string[] = [];
    ours.on('disconnect', () => said.push('disconnect'));
    const url = await start([NEW], undefined, ours);
    await post(`${url}/sign-in/ada`);
    store.isDown = true;

    await me(url);

    expect(said).toEqual([]);
  });

  it('R31: sessions that the store has lost sign in again, without an error', async () => {
    const url = await start();
    await post(`${url}/sign-in/ada`);
    store.records.clear();

    await expect(me(url)).resolves.toEqual({ user: 'anonymous' });
    await post(`${url}/sign-in/ada`);
    await expect(me(url)).resolves.toEqual({ user: 'ada' });
  });

  it("R31: a record that is another's than its data say is no session, and is told", async () => {
    const ours = sessions({ ownerOf: ({ user }) => (typeof user === 'string' ? user : undefined) });
    const url = await start([NEW], undefined, ours);
    await post(`${url}/sign-in/ada`);
    const [record] = store.records.values();
    if (record === undefined) throw new Error('no session');
    store.records.set(record.id, { ...record, owner: 'eve' });

    await expect(me(url)).resolves.toEqual({ user: 'anonymous' });
    expect(mixUps).toHaveLength(1);
  });

  it('S36: replicas with the new key and the old, and with the old alone, serve one browser during a rotation', async () => {
    const before = await start([OLD]);
    const during = await start([NEW, OLD]);
    const after = await start([NEW]);
    await post(`${before}/sign-in/ada`);

    await expect(me(during)).resolves.toEqual({ user: 'ada' });
    await expect(me(after)).resolves.toEqual({ user: 'anonymous' });
    await post(`${during}/sign-in/ada`);
    await expect(me(during)).resolves.toEqual({ user: 'ada' });
  });

  it('S32: a cookie gets its __Host- name without signing anybody out', async () => {
    const ours = sessions();
    const app = express();
    const cookie = { maxAge: 60_000 };
    app.use(session({ secret: NEW, resave: false, saveUninitialized: false, cookie, store: ours }));
    app.post('/sign-in/:user', (request, response) => {
      request.session.user = request.params.user;
      response.end();
    });
    await post(`${await servers.start(app)}/sign-in/ada`);
    expect([...browser.cookies.keys()]).toEqual(['connect.sid']);
    const renamed = express().use(renameCookie('connect.sid', hostCookie({ maxAgeSeconds: 60 })));
    const url = await start([NEW], undefined, ours, renamed);

    await expect(me(url)).resolves.toEqual({ user: 'ada' });

    expect([...browser.cookies.keys()]).toEqual(['__Host-session']);
    await expect(me(await start([NEW], undefined, ours))).resolves.toEqual({ user: 'ada' });
  });

  it('S35: a mutation that another site made the browser send is refused; one from here passes', async () => {
    const url = await start([NEW], (app) => {
      const protection = refuseForged({ keys: NEW });
      app.use(express.urlencoded(), protection);
      app.get('/form', (request, response) => {
        request.session.views = 1;
        response.send(protection.tokenFor(request));
      });
    });
    const token = await (await browser.send(`${url}/form`)).text();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const submit = async (body: string, site: string) => {
      const init = { method: 'POST', headers: { ...headers, 'sec-fetch-site': site }, body };
      return (await browser.send(`${url}/sign-in/ada`, init)).status;
    };

    await expect(submit(`_csrf=${token}`, 'cross-site')).resolves.toBe(403);
    await expect(submit('', 'same-origin')).resolves.toBe(403);
    await expect(submit(`_csrf=${token}`, 'same-origin')).resolves.toBe(200);
  });
});
