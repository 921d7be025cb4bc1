import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeClock } from '@lethe/testing';
import { Cookie, type SessionData, type Store } from 'express-session';
import { promisedStore } from './promised-store.js';

declare module 'express-session' {
  interface SessionData {
    user?: string;
    cart?: string[];
    seen?: Date | string;
    views?: number;
  }
}

/** What the suite runs against: a store, and a way to let its time pass. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: FakeClock;
  stop?(): Promise<void>;
}

/** A session as the middleware would save it, its cookie good for so many milliseconds from `now`. */
function sessionOf(clock: FakeClock, values: Omit<SessionData, 'cookie'>, maxAge = 60_000): SessionData {
  const cookie = new Cookie();
  cookie.originalMaxAge = maxAge;
  cookie.expires = new Date(clock.now() + maxAge);
  cookie.originalMaxAge = maxAge;
  return { cookie, ...values };
}

/** What express-session documents of a store, and of its own MemoryStore: every store that replaces it must do the same. */
export function describeExpressStore(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store of express-session`, () => {
    let subject: StoreUnderTest;
    let store: ReturnType<typeof promisedStore>;
    let clock: FakeClock;
    let sid: string;

    beforeAll(async () => {
      subject = await setUp();
      store = promisedStore(subject.store);
      clock = subject.clock;
    });
    beforeEach(async () => {
      sid = randomUUID();
      await store.clear();
    });
    afterAll(() => subject.stop?.());

    it('R30: answers with the JSON of what was set', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada', cart: ['tea'], seen: new Date(0) }));

      const session = await store.get(sid);

      expect(session).toMatchObject({ user: 'ada', cart: ['tea'], seen: '1970-01-01T00:00:00.000Z' });
      expect(session?.cookie).toMatchObject({ originalMaxAge: 60_000, httpOnly: true, path: '/' });
    });

    it('answers with nothing, and no error, for an id that is unknown', async () => {
      await expect(store.get(sid)).resolves.toBeUndefined();
    });

    it('hands out a copy: what is changed and not saved stays as it was', async () => {
      await store.set(sid, sessionOf(clock, { cart: ['tea'] }));

      (await store.get(sid))?.cart?.push('coffee');

      expect((await store.get(sid))?.cart).toEqual(['tea']);
    });

    it('replaces the whole session on set', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada', views: 1 }));
      await store.set(sid, sessionOf(clock, { views: 2 }));

      const session = await store.get(sid);

      expect(session?.views).toBe(2);
      expect(session).not.toHaveProperty('user');
    });

    it('saves what a request changed, and removes what it deleted', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada', cart: ['tea'], views: 1 }));
      const session = await store.load(sid);
      if (session === undefined) throw new Error('not loaded');
      delete session.user;
      session.cart?.push('milk');
      await store.set(sid, session);

      expect(await store.get(sid)).toMatchObject({ cart: ['tea', 'milk'], views: 1 });
      expect(await store.get(sid)).not.toHaveProperty('user');
    });

    it('S33: keeps a session until the millisecond its cookie names, and not one longer', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }, 1_000));

      clock.advance(999);
      expect(await store.get(sid)).toMatchObject({ user: 'ada' });
      clock.advance(1);
      expect(await store.get(sid)).toBeUndefined();
    });

    it('keeps nothing of a session whose cookie has ended already', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }));
      await store.set(sid, sessionOf(clock, { user: 'ada' }, -1));

      expect(await store.get(sid)).toBeUndefined();
    });

    it('keeps a session whose cookie names no end', async () => {
      const session = sessionOf(clock, { user: 'ada' });
      session.cookie.expires = null;
      await store.set(sid, session);
      clock.advance(3_600_000);

      expect(await store.get(sid)).toMatchObject({ user: 'ada', cookie: { expires: null } });
    });

    it('touch moves the end to the one in the cookie', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }, 1_000));
      clock.advance(900);
      await store.touch(sid, sessionOf(clock, {}, 1_000));
      clock.advance(999);

      expect(await store.get(sid)).toMatchObject({ user: 'ada' });
      clock.advance(1);
      expect(await store.get(sid)).toBeUndefined();
    });

    it('touch moves the end back as well', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }, 10_000));
      await store.touch(sid, sessionOf(clock, {}, 1_000));
      clock.advance(1_000);

      expect(await store.get(sid)).toBeUndefined();
    });

    it('touch takes over the cookie and nothing else', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada', views: 1 }));
      const touched = sessionOf(clock, { user: 'eve', views: 2 }, 5_000);
      touched.cookie.path = '/shop';
      await store.touch(sid, touched);

      const session = await store.get(sid);

      expect(session).toMatchObject({ user: 'ada', views: 1, cookie: { path: '/shop', originalMaxAge: 5_000 } });
      expect(session?.cookie.expires).toBe(new Date(clock.now() + 5_000).toISOString());
    });

    it('touch brings nothing back', async () => {
      await store.touch(sid, sessionOf(clock, { user: 'ada' }));

      expect(await store.get(sid)).toBeUndefined();
    });

    it('destroys a session, and one that does not exist', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }));
      await store.destroy(sid);
      await store.destroy(sid);

      expect(await store.get(sid)).toBeUndefined();
    });

    it('keeps sessions apart', async () => {
      const other = randomUUID();
      await store.set(sid, sessionOf(clock, { user: 'ada' }));
      await store.set(other, sessionOf(clock, { user: 'eve' }));
      await store.destroy(other);

      expect(await store.get(sid)).toMatchObject({ user: 'ada' });
    });

    it('all and length tell of the living sessions', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }));
      await store.set(randomUUID(), sessionOf(clock, { user: 'eve' }, 5));
      await store.set(randomUUID(), sessionOf(clock, { user: 'bob' }));
      clock.advance(5);

      const sessions = Object.values((await store.all()) ?? {});

      expect(new Set(sessions.map(({ user }) => user))).toEqual(new Set(['ada', 'bob']));
      await expect(store.length()).resolves.toBe(2);
    });

    it('destroys a session by the name that all gives it', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }));

      for (const each of Object.keys((await store.all()) ?? {})) await store.destroy(each);

      expect(await store.get(sid)).toBeUndefined();
    });

    it('clear ends all', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }));
      await store.clear();

      await expect(store.length()).resolves.toBe(0);
      expect(await store.get(sid)).toBeUndefined();
    });

    it('load makes a session with its methods, its cookie dates as dates', async () => {
      await store.set(sid, sessionOf(clock, { user: 'ada' }));

      const session = await store.load(sid);

      expect(session).toMatchObject({ user: 'ada', id: sid });
      expect(session?.cookie.expires).toEqual(new Date(clock.now() + 60_000));
      expect(session?.cookie.originalMaxAge).toBe(60_000);
    });

    it('calls back from the event loop, never before it returns', async () => {
      let returned = false;
      const inOrder = new Promise<boolean>((resolve) => subject.store.get(sid, () => resolve(returned)));
      returned = true;

      await expect(inOrder).resolves.toBe(true);
    });

    it('works without callbacks', async () => {
      subject.store.set(sid, sessionOf(clock, { user: 'ada' }));
      subject.store.touch?.(sid, sessionOf(clock, {}));
      subject.store.destroy(sid);

      await expect(store.get(randomUUID())).resolves.toBeUndefined();
    });
  });
}
