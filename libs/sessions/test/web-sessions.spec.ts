import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { SessionConflictError, sessionIdOf } from '../src/index.js';
import { type SessionRecord } from '../src/session-store.js';
import { WebSessions, type WebSessionsOptions } from '../src/web/web-sessions.js';
import { FakeSessionStore } from './support/fake-session-store.js';

const DAY = 86_400_000;

describe('WebSessions', () => {
  let clock: FakeClock;
  let store: FakeSessionStore;

  beforeEach(() => {
    clock = new FakeClock();
    store = new FakeSessionStore(clock);
  });

  function open(options: Partial<WebSessionsOptions> = {}): WebSessions {
    return new WebSessions({ store, clock, ...options });
  }

  function session(values: object, maxAge?: number) {
    const cookie = maxAge === undefined ? {} : { expires: new Date(clock.now() + maxAge), originalMaxAge: maxAge };
    return { cookie, ...values };
  }

  function recordOf(sid: string): SessionRecord {
    const record = store.records.get(sessionIdOf(sid));
    if (record === undefined) throw new Error(`no record of ${sid}`);
    return record;
  }

  it('S31: knows a session by the hash of its id alone', async () => {
    await open().set('sid', session({ user: 'ada' }));

    expect(JSON.stringify([...store.records])).not.toContain('"sid"');
    expect(recordOf('sid').id).toBe(sessionIdOf('sid'));
  });

  it('S33: ends a session whose cookie has no end when nobody has come for so long', async () => {
    const sessions = open({ idleSeconds: 60 });
    await sessions.set('sid', session({ user: 'ada' }));
    clock.advance(59_999);
    await sessions.touch('sid', session({}));
    clock.advance(59_999);

    await expect(sessions.get('sid')).resolves.toMatchObject({ user: 'ada' });
    clock.advance(1);
    await expect(sessions.get('sid')).resolves.toBeUndefined();
  });

  it('S33: ends a session after its longest life, however busy it is, and whatever its cookie says', async () => {
    const sessions = open({ absoluteSeconds: 3 });
    await sessions.set('sid', session({ user: 'ada' }, 2_000));
    for (let second = 0; second < 2; second += 1) {
      clock.advance(1_000);
      await sessions.touch('sid', session({}, 2_000));
      await sessions.set('sid', session({ user: 'ada', second }, DAY));
    }

    clock.advance(999);
    await expect(sessions.get('sid')).resolves.toMatchObject({ user: 'ada' });
    clock.advance(1);
    await expect(sessions.get('sid')).resolves.toBeUndefined();
  });

  it('S33: has a longest life by default too', async () => {
    await open().set('sid', session({ user: 'ada' }, 1_000 * DAY));

    expect(recordOf('sid').endsAt).toBe(clock.now() + 400 * DAY);
  });

  it('R30: of fifty parallel changes to different keys all stay', async () => {
    const sessions = open();
    await sessions.set('sid', session({ user: 'ada' }));
    const read = await Promise.all(Array.from({ length: 50 }, () => sessions.get('sid')));

    const saves = read.map((found, index) =>
      sessions.set('sid', Object.assign(found ?? {}, { [`key${index}`]: index })),
    );
    await Promise.all(saves);

    expect(Object.keys(recordOf('sid').data['values'] ?? {})).toHaveLength(51);
  });

  it('R30: a session that is saved again keeps what others have changed since', async () => {
    const sessions = open();
    await sessions.set('sid', session({ user: 'ada' }));
    const [first, second] = [await sessions.get('sid'), await sessions.get('sid')];
    if (first === undefined || second === undefined) throw new Error('not found');
    await sessions.set('sid', Object.assign(first, { cart: ['tea'] }));
    await sessions.set('sid', Object.assign(second, { views: 1 }));

    await sessions.set('sid', Object.assign(second, { views: 2 }));

    expect(await sessions.get('sid')).toMatchObject({ user: 'ada', cart: ['tea'], views: 2 });
  });

  it('R30: of two parallel changes to one key the later stays, and a removal stays a removal', async () => {
    const sessions = open();
    await sessions.set('sid', session({ user: 'ada', cart: ['tea'], hint: 'new' }));
    const [first, second] = [await sessions.get('sid'), await sessions.get('sid')];
    if (first === undefined || second === undefined) throw new Error('not found');

    await sessions.set('sid', Object.assign(first, { cart: ['tea', 'milk'], hint: undefined }));
    await sessions.set('sid', Object.assign(second, { cart: ['coffee'] }));

    expect(await sessions.get('sid')).toEqual({ user: 'ada', cart: ['coffee'], cookie: {} });
  });

  it('gives up a save that others never let through, with the conflict', async () => {
    const sessions = open();
    await sessions.set('sid', session({ user: 'ada' }));
    const found = await sessions.get('sid');
    store.write = ({ id }) => Promise.reject(new SessionConflictError(id));

    await expect(sessions.set('sid', Object.assign(found ?? {}, { user: 'eve' }))).rejects.toThrow(
      SessionConflictError,
    );
  });

  it('reads once and touches once for a request that changes nothing', async () => {
    const sessions = open();
    await sessions.set('sid', session({ user: 'ada' }, 1_000));
    store.calls.length = 0;
    const found = await sessions.get('sid');
    clock.advance(10);
    await sessions.touch('sid', Object.assign(found ?? {}, { cookie: session({}, 1_000).cookie }));

    expect(store.calls).toEqual(['read', 'extend']);
    expect(recordOf('sid').expiresAt).toBe(clock.now() + 1_000);
  });

  it('writes nothing for a touch that moves the end by less than touchEverySeconds', async () => {
    const sessions = open({ touchEverySeconds: 60 });
    await sessions.set('sid', session({ user: 'ada' }, DAY));
    store.calls.length = 0;
    const touch = async (cookie: object) =>
      sessions.touch('sid', Object.assign((await sessions.get('sid')) ?? {}, { cookie }));

    clock.advance(59_999);
    await touch(session({}, DAY).cookie);
    expect(store.calls).toEqual(['read']);
    clock.advance(1);
    await touch(session({}, DAY).cookie);
    expect(store.calls).toEqual(['read', 'read', 'extend']);
    expect(recordOf('sid').expiresAt).toBe(clock.now() + DAY);
    await touch({ ...session({}, DAY).cookie, path: '/shop' });
    await touch({ ...session({}, DAY - 1).cookie, path: '/shop', originalMaxAge: DAY });
    expect(store.calls.filter((call) => call === 'write')).toHaveLength(2);
    expect(recordOf('sid')).toMatchObject({ expiresAt: clock.now() + DAY - 1, data: { cookie: { path: '/shop' } } });
  });

  it('S33: keeps a busy session alive whose life is shorter than touchEverySeconds', async () => {
    const sessions = open({ touchEverySeconds: 60 });
    await sessions.set('sid', session({ user: 'ada' }, 30_000));

    for (let request = 0; request < 10; request += 1) {
      clock.advance(14_000);
      const found = await sessions.get('sid');
      await sessions.touch('sid', Object.assign(found ?? {}, { cookie: session({}, 30_000).cookie }));
    }

    await expect(sessions.get('sid')).resolves.toMatchObject({ user: 'ada' });
  });

  it('hands out copies, whatever keys they hold, and shows nothing of its own on them', async () => {
    const sessions = open();
    const kept: object = JSON.parse('{"cookie":{},"__proto__":{"admin":true},"cart":[{"sku":"tea"}]}');
    await sessions.set('sid', kept);

    const found = await sessions.get('sid');

    expect(JSON.stringify(found)).toBe('{"__proto__":{"admin":true},"cart":[{"sku":"tea"}],"cookie":{}}');
    expect(found).not.toHaveProperty('admin');
    expect(Reflect.ownKeys(found ?? {})).toEqual(['__proto__', 'cart', 'cookie']);
  });

  it('R30: keeps whose a session is, from the moment that its data say so', async () => {
    const sessions = open();
    await sessions.set('sid', session({}));
    expect(recordOf('sid').owner).toBeUndefined();

    const found = await sessions.get('sid');
    await sessions.set('sid', Object.assign(found ?? {}, { passport: { user: 42 } }));

    expect(recordOf('sid').owner).toBe('42');
  });
});
