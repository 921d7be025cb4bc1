import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Deferred, FakeClock, deferred } from '@lethe/testing';
import {
  SessionConflictError,
  SessionOwnerError,
  SessionStoreUnavailableError,
  Sessions,
  sessionIdOf,
} from '../../src/index.js';
import { IndexedSessions } from '../../src/store/indexed-sessions.js';
import { type SessionItem, type SessionItems } from '../../src/store/session-items.js';
import { type StoreUnderTest } from './store-under-test.js';

const HOUR_SECONDS = 3_600;

/** Items whose answers are somebody else's. */
function crossed(items: SessionItems, answer: SessionItem | undefined): SessionItems {
  return new Proxy(items, {
    get: (target, name) =>
      name === 'read' || name === 'touch' ? () => Promise.resolve(answer) : Reflect.get(target, name).bind(target),
  });
}

/** Items whose first write waits to be let go. */
function withHeldWrite(items: SessionItems, reached: Deferred<void>, go: Promise<void>): SessionItems {
  return new Proxy(items, {
    get: (target, name) => {
      if (name !== 'write') return Reflect.get(target, name).bind(target);
      return async (...args: Parameters<SessionItems['write']>) => {
        reached.resolve();
        await go;
        return target.write(...args);
      };
    },
  });
}

/** What the policy promises, on every store. */
export function describeSessions(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`sessions on ${name}`, () => {
    let place: StoreUnderTest;
    let clock: FakeClock;
    let replicas: [Sessions, Sessions];
    let owner: string;

    beforeAll(async () => {
      place = await setUp();
    });
    afterAll(() => place.close());
    beforeEach(async () => {
      clock = new FakeClock(Date.now());
      owner = randomUUID();
      const open = async (own: FakeClock) =>
        new Sessions({
          store: await place.open(own),
          idleSeconds: 1_800,
          absoluteSeconds: 10 * HOUR_SECONDS,
          clock: own,
        });
      replicas = [await open(clock), await open(clock)];
    });

    it('R30: a sign-in on one replica is known to the next request on another', async () => {
      const [one, two] = replicas;
      const { token } = await one.open({ step: 1 }, owner);

      expect(await two.find(token)).toMatchObject({ owner, data: { step: 1 } });
      expect(await two.update(token, (data) => ({ ...data, step: 2 }))).toMatchObject({ version: 2 });
      expect(await one.find(token)).toMatchObject({ data: { step: 2 } });
      expect(await two.end(token)).toBe(true);
      expect(await one.find(token)).toBeUndefined();
    });

    it('S33: a session ends when idle, and in any case at its absolute end, to the millisecond', async () => {
      const [one, two] = replicas;
      const idle = await one.open({}, owner);
      clock.advance(1_800_000 - 1);
      expect(await two.find(idle.token)).toBeDefined();
      clock.advance(1_800_000);
      expect(await one.find(idle.token)).toBeUndefined();

      const busy = await one.open({}, owner);
      for (let hours = 0.25; hours < 10; hours += 0.25) {
        clock.advance(HOUR_SECONDS * 250);
        expect(await two.find(busy.token)).toBeDefined();
      }
      clock.set(busy.session.endsAt - 1);
      expect(await two.find(busy.token)).toBeDefined();
      clock.advance(1);
      expect(await two.find(busy.token)).toBeUndefined();
    });

    it('touches a busy session only as often as asked', async () => {
      const store = await place.open(clock);
      const lazy = new Sessions({ store, idleSeconds: 600, absoluteSeconds: 6_000, touchEverySeconds: 60, clock });
      const { token, session } = await lazy.open({}, owner);

      clock.advance(59_999);
      expect(await lazy.find(token)).toEqual(session);
      clock.advance(1);
      expect(await lazy.find(token)).toMatchObject({ touchedAt: clock.now(), expiresAt: clock.now() + 600_000 });
    });

    it('keeps what 20 parallel requests on two replicas change, each a key of its own and one together', async () => {
      const { token } = await replicas[0].open({ count: 0 }, owner);
      const change = (n: number) => (data: Readonly<Record<string, unknown>>) => ({
        ...data,
        [`key${n}`]: n,
        count: Number(data['count']) + 1,
      });

      await Promise.all(Array.from({ length: 20 }, (_, n) => replicas[n % 2 === 0 ? 0 : 1].update(token, change(n))));

      const found = await replicas[1].find(token);
      expect(found?.version).toBe(21);
      expect(found?.data).toMatchObject({ count: 20, key0: 0, key7: 7, key19: 19 });
    });

    it('S31: a sign-in gets a new token of 256 bits, and the old one opens nothing', async () => {
      const [one, two] = replicas;
      const planted = await one.open({ cart: ['tea'] });

      const signedIn = await two.rotate(planted.token, owner, (data) => ({ ...data, at: 'home' }));

      expect(Buffer.from(signedIn?.token ?? '', 'base64url')).toHaveLength(32);
      expect(signedIn?.token).not.toBe(planted.token);
      expect(await one.find(planted.token)).toBeUndefined();
      expect(await one.find(signedIn?.token ?? '')).toMatchObject({ owner, data: { cart: ['tea'], at: 'home' } });
      expect(await one.rotate(planted.token, owner)).toBeUndefined();
    });

    it('S31: of two sign-ins with one token at the same time, one gets the session', async () => {
      const { token } = await replicas[0].open({});

      const outcomes = await Promise.all(replicas.map((replica) => replica.rotate(token, owner)));

      expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(1);
      expect((await replicas[0].list(owner)).sessions).toHaveLength(1);
    });

    it('S31: the store holds no token', async () => {
      const { token } = await replicas[0].open({}, owner);

      const dump = await place.dump();

      expect(dump).toContain(sessionIdOf(token));
      expect(dump).not.toContain(token);
    });

    it("lists a user's sessions, ends one of them by its id, and refuses another's", async () => {
      const [one, two] = replicas;
      const mine = await one.open({}, owner);
      const theirs = await one.open({}, `${owner}-other`);

      expect(await two.endOne(owner, theirs.session.id)).toBe(false);
      expect((await two.list(owner)).sessions).toEqual([mine.session]);
      expect(await two.endOne(owner, mine.session.id)).toBe(true);
      expect(await one.find(mine.token)).toBeUndefined();
      expect(await one.find(theirs.token)).toBeDefined();
    });

    it('R30: ends all sessions of a user but the one that asks', async () => {
      const [one, two] = replicas;
      const [here, there] = [await one.open({}, owner), await two.open({}, owner)];

      expect(await two.endAll(owner, here.token)).toBe(1);
      expect(await one.find(there.token)).toBeUndefined();
      expect(await one.find(here.token)).toBeDefined();
    });

    it('ends a session, too, that is being created while its user is revoked', async () => {
      const { items, index } = await place.parts();
      const [reached, go] = [deferred(), deferred()];
      const held = new IndexedSessions({ items: withHeldWrite(items, reached, go.promise), index, clock });
      const slow = new Sessions({ store: held, idleSeconds: 60, absoluteSeconds: 600, clock });

      const opening = slow.open({}, owner);
      await reached.promise;
      await replicas[0].endAll(owner);
      go.resolve();

      await expect(opening).rejects.toBeInstanceOf(SessionConflictError);
      expect((await replicas[0].list(owner)).sessions).toEqual([]);
    });

    it("R31: an answer that holds another's session counts as none, and is told", async () => {
      const { items, index } = await place.parts();
      const [mine, theirs] = [await replicas[0].open({}, owner), await replicas[1].open({}, `${owner}-other`)];
      const store = new IndexedSessions({ items: crossed(items, await items.read(theirs.session.id)), index, clock });
      const mixUps: SessionOwnerError[] = [];
      const policy = {
        idleSeconds: 60,
        absoluteSeconds: 600,
        clock,
        onMixUp: (error: SessionOwnerError) => mixUps.push(error),
      };
      const mixed = new Sessions({ ...policy, store });

      await expect(store.read(mine.session.id)).rejects.toBeInstanceOf(SessionOwnerError);
      expect(await mixed.find(mine.token)).toBeUndefined();
      expect(await mixed.update(mine.token, (data) => data)).toBeUndefined();
      expect(await mixed.rotate(mine.token, owner)).toBeUndefined();
      expect(await mixed.endOne(owner, mine.session.id)).toBe(false);
      expect(mixUps.map(({ id }) => id)).toEqual(Array(4).fill(mine.session.id));

      const honest = new Sessions({ ...policy, store: await place.open(clock) });
      expect(await honest.find(theirs.token, owner)).toBeUndefined();
      expect(mixUps).toHaveLength(5);
    });

    it("lists no session that says itself that it is another's, and does not end it", async () => {
      const { index } = await place.parts();
      const theirs = await replicas[0].open({}, `${owner}-other`);
      await index.add(owner, theirs.session.id, theirs.session.endsAt, clock.now());

      expect((await replicas[1].list(owner)).sessions).toEqual([]);
      expect(await replicas[1].endAll(owner)).toBe(0);
      expect(await replicas[0].find(theirs.token)).toBeDefined();
    });

    it('R11: forgets ids that have long had no session, keeps those on their way, and ends the oldest beyond the bound', async () => {
      const { items, index } = await place.parts();
      const store = new IndexedSessions({ items, index, maxPerOwner: 3, clock });
      const small = new Sessions({ store, idleSeconds: 36_000, absoluteSeconds: 72_000, clock });
      const opened = [];
      for (let n = 0; n < 5; n += 1) {
        opened.push(await small.open({ n }, owner));
        clock.advance(1_000);
      }
      const settled = clock.now() - 16 * 60_000;
      for (let n = 0; n < 57; n += 1) await index.add(owner, `dead${n}`, clock.now(), settled);
      await index.add(owner, 'on-its-way', clock.now(), clock.now());

      opened.push(await small.open({}, owner));

      // The three of before, and the one for which room was made.
      const kept = opened.slice(2).map(({ session }) => session.id);
      expect([...(await index.members(owner)).keys()].toSorted()).toEqual([...kept, 'on-its-way'].toSorted());
      expect(await small.find(opened[1]?.token ?? '')).toBeUndefined();
    });

    it('R36: a session goes on on replicas whose clocks differ by five minutes each way', async () => {
      const [ahead, behind] = [new FakeClock(clock.now() + 300_000), new FakeClock(clock.now() - 300_000)];
      const policy = { idleSeconds: 1_800, absoluteSeconds: 36_000 };
      const early = new Sessions({ ...policy, store: await place.open(ahead), clock: ahead });
      const late = new Sessions({ ...policy, store: await place.open(behind), clock: behind });
      const { token } = await early.open({}, owner);

      for (let minutes = 0; minutes < 120; minutes += 15) {
        for (const each of [clock, ahead, behind]) each.advance(15 * 60_000);
        expect(await late.find(token)).toMatchObject({ owner });
        expect(await early.update(token, (data) => data)).toMatchObject({ owner });
        expect(await replicas[0].find(token)).toMatchObject({ owner });
      }
      expect((await late.list(owner)).sessions).toHaveLength(1);
      expect(await late.endAll(owner)).toBe(1);
      expect(await early.find(token)).toBeUndefined();
    });

    it('S34: says that the store is out of reach, whatever is asked, and serves nothing from memory', async () => {
      const { token } = await replicas[0].open({}, owner);
      const cut = new Sessions({ store: place.unreachable(), idleSeconds: 60, absoluteSeconds: 600 });

      const attempts: (() => Promise<unknown>)[] = [
        () => cut.open({}, owner),
        () => cut.find(token),
        () => cut.update(token, (data) => data),
        () => cut.rotate(token, owner),
        () => cut.end(token),
        () => cut.list(owner),
        () => cut.endAll(owner),
      ];

      for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(SessionStoreUnavailableError);
    });
  });
}
