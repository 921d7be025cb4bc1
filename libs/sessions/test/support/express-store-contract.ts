import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { Cookie, MemoryStore, type SessionData, type Store } from 'express-session';
import { promisedStore } from './promised-store.js';

declare module 'express-session' {
  interface SessionData {
    user?: string;
    cart?: string[];
    seen?: Date | string;
    views?: number;
  }
}

/** What the suite runs against: a store, and the clock by which it judges. */
export interface ExpressStoreUnderTest {
  readonly store: Store;
  readonly clock: FakeClock;
  stop?(): Promise<void>;
}

/** The store of the running suite, as the tests use it. */
class Subject {
  original: Store = new MemoryStore();
  store = promisedStore(this.original);
  clock = new FakeClock();
  /** A session id of the running test's own. */
  sid = '';

  use({ store, clock }: ExpressStoreUnderTest): void {
    this.original = store;
    this.store = promisedStore(store);
    this.clock = clock;
  }
}

/** A session as the middleware would save it, its cookie good for so many milliseconds from `now`. */
function sessionOf(clock: FakeClock, values: Omit<SessionData, 'cookie'>, maxAge = 60_000): SessionData {
  const cookie = new Cookie();
  cookie.expires = new Date(clock.now() + maxAge);
  cookie.originalMaxAge = maxAge;
  return { cookie, ...values };
}

/** What express-session documents of a store, and of its own MemoryStore: every store that replaces it must do the same. */
export function describeExpressStore(name: string, setUp: () => Promise<ExpressStoreUnderTest>): void {
  describe(`${name} as a store of express-session`, () => {
    const subject = new Subject();
    let underTest: ExpressStoreUnderTest;

    beforeAll(async () => {
      underTest = await setUp();
      subject.use(underTest);
    });
    beforeEach(async () => {
      subject.sid = randomUUID();
      await subject.store.clear();
    });
    afterAll(() => underTest.stop?.());

    describeValues(subject);
    describeEnds(subject);
    describeTouch(subject);
    describeAll(subject);
    describeMiddleware(subject);
  });
}

/** What is kept of a session. */
function describeValues(subject: Subject): void {
  it('R30: answers with the JSON of what was set', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada', cart: ['tea'], seen: new Date(0) }));

    const session = await subject.store.get(subject.sid);

    expect(session).toMatchObject({ user: 'ada', cart: ['tea'], seen: '1970-01-01T00:00:00.000Z' });
    expect(session?.cookie).toMatchObject({ originalMaxAge: 60_000, httpOnly: true, path: '/' });
  });

  it('answers with nothing, and no error, for an id that is unknown', async () => {
    await expect(subject.store.get(subject.sid)).resolves.toBeUndefined();
  });

  it('hands out a copy: what is changed and not saved stays as it was', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { cart: ['tea'] }));

    (await subject.store.get(subject.sid))?.cart?.push('coffee');

    expect((await subject.store.get(subject.sid))?.cart).toEqual(['tea']);
  });

  it('replaces the whole session on set', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada', views: 1 }));
    await subject.store.set(subject.sid, sessionOf(subject.clock, { views: 2 }));

    const session = await subject.store.get(subject.sid);

    expect(session?.views).toBe(2);
    expect(session).not.toHaveProperty('user');
  });

  it('saves what a request changed, and removes what it deleted', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada', cart: ['tea'], views: 1 }));
    const session = await subject.store.load(subject.sid);
    if (session === undefined) throw new Error('not loaded');
    delete session.user;
    session.cart?.push('milk');
    await subject.store.set(subject.sid, session);

    expect(await subject.store.get(subject.sid)).toMatchObject({ cart: ['tea', 'milk'], views: 1 });
    expect(await subject.store.get(subject.sid)).not.toHaveProperty('user');
  });
}

/** When a session ends. */
function describeEnds(subject: Subject): void {
  it('S33: keeps a session until the millisecond its cookie names, and not one longer', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }, 1_000));

    subject.clock.advance(999);
    expect(await subject.store.get(subject.sid)).toMatchObject({ user: 'ada' });
    subject.clock.advance(1);
    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });

  it('keeps nothing of a session whose cookie has ended already', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }, -1));

    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });

  it('keeps a session whose cookie names no end', async () => {
    const session = sessionOf(subject.clock, { user: 'ada' });
    session.cookie.expires = null;
    await subject.store.set(subject.sid, session);
    subject.clock.advance(3_600_000);

    expect(await subject.store.get(subject.sid)).toMatchObject({ user: 'ada', cookie: { expires: null } });
  });
}

/** What a touch changes. */
function describeTouch(subject: Subject): void {
  it('touch moves the end to the one in the cookie', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }, 1_000));
    subject.clock.advance(900);
    await subject.store.touch(subject.sid, sessionOf(subject.clock, {}, 1_000));
    subject.clock.advance(999);

    expect(await subject.store.get(subject.sid)).toMatchObject({ user: 'ada' });
    subject.clock.advance(1);
    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });

  it('touch moves the end back as well', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }, 10_000));
    await subject.store.touch(subject.sid, sessionOf(subject.clock, {}, 1_000));
    subject.clock.advance(1_000);

    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });

  it('touch takes over the cookie and nothing else', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada', views: 1 }));
    const touched = sessionOf(subject.clock, { user: 'eve', views: 2 }, 5_000);
    touched.cookie.path = '/shop';
    await subject.store.touch(subject.sid, touched);

    const session = await subject.store.get(subject.sid);

    expect(session).toMatchObject({ user: 'ada', views: 1, cookie: { path: '/shop', originalMaxAge: 5_000 } });
    expect(session?.cookie.expires).toBe(new Date(subject.clock.now() + 5_000).toISOString());
  });

  it('touch brings nothing back', async () => {
    await subject.store.touch(subject.sid, sessionOf(subject.clock, { user: 'ada' }));

    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });
}

/** Ending sessions, and looking at all of them. */
function describeAll(subject: Subject): void {
  it('destroys a session, and one that does not exist', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));
    await subject.store.destroy(subject.sid);
    await subject.store.destroy(subject.sid);

    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });

  it('keeps sessions apart', async () => {
    const other = randomUUID();
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));
    await subject.store.set(other, sessionOf(subject.clock, { user: 'eve' }));
    await subject.store.destroy(other);

    expect(await subject.store.get(subject.sid)).toMatchObject({ user: 'ada' });
  });

  it('all and length tell of the living sessions', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));
    await subject.store.set(randomUUID(), sessionOf(subject.clock, { user: 'eve' }, 5));
    await subject.store.set(randomUUID(), sessionOf(subject.clock, { user: 'bob' }));
    subject.clock.advance(5);

    const sessions = Object.values((await subject.store.all()) ?? {});

    expect(new Set(sessions.map(({ user }) => user))).toEqual(new Set(['ada', 'bob']));
    await expect(subject.store.length()).resolves.toBe(2);
  });

  it('destroys a session by the name that all gives it', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));

    for (const each of Object.keys((await subject.store.all()) ?? {})) await subject.store.destroy(each);

    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });

  it('clear ends all', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));
    await subject.store.clear();

    await expect(subject.store.length()).resolves.toBe(0);
    expect(await subject.store.get(subject.sid)).toBeUndefined();
  });
}

/** What the middleware relies on besides. */
function describeMiddleware(subject: Subject): void {
  it('load makes a session with its methods, its cookie dates as dates', async () => {
    await subject.store.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));

    const session = await subject.store.load(subject.sid);

    expect(session).toMatchObject({ user: 'ada', id: subject.sid });
    expect(session?.cookie.expires).toEqual(new Date(subject.clock.now() + 60_000));
    expect(session?.cookie.originalMaxAge).toBe(60_000);
  });

  it('calls back from the event loop, never before it returns', async () => {
    let returned = false;
    const inOrder = new Promise<boolean>((resolve) => subject.original.get(subject.sid, () => resolve(returned)));
    returned = true;

    await expect(inOrder).resolves.toBe(true);
  });

  it('works without callbacks', async () => {
    subject.original.set(subject.sid, sessionOf(subject.clock, { user: 'ada' }));
    subject.original.touch?.(subject.sid, sessionOf(subject.clock, {}));
    subject.original.destroy(subject.sid);

    await expect(subject.store.get(randomUUID())).resolves.toBeUndefined();
  });
}
