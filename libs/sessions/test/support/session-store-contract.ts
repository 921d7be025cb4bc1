import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import {
  SessionConflictError,
  type SessionRecord,
  type SessionStore,
  SessionTooLargeError,
  newSessionToken,
  sessionIdOf,
} from '../../src/index.js';
import { type StoreUnderTest } from './store-under-test.js';

const MINUTE = 60_000;

/** What every store of sessions must do, whatever keeps them. */
export function describeSessionStore(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store of sessions`, () => {
    let place: StoreUnderTest;
    let store: SessionStore;
    let other: SessionStore;
    let clock: FakeClock;
    let owner: string;

    beforeAll(async () => {
      place = await setUp();
    });
    afterAll(() => place.close());
    beforeEach(async () => {
      clock = new FakeClock(Date.now());
      store = await place.open(clock);
      other = await place.open(clock);
      owner = randomUUID();
    });

    const record = (facts: Partial<SessionRecord> = {}) => ({
      id: sessionIdOf(newSessionToken()),
      owner,
      data: { cart: ['tea'], n: 1 },
      createdAt: clock.now(),
      touchedAt: clock.now(),
      expiresAt: clock.now() + 30 * MINUTE,
      endsAt: clock.now() + 600 * MINUTE,
      ...facts,
    });
    const anonymous = () => {
      const { owner: _owner, ...rest } = record();
      return rest;
    };
    const idsOf = async (of: string) => (await store.listByOwner(of)).sessions.map(({ id }) => id);

    it('R30: gives every replica what another one kept', async () => {
      const created = await store.create(record({ data: { text: 'ü 🍵', deep: { list: [1, null, false] } } }));

      expect(created.version).toBe(1);
      expect(await other.read(created.id)).toEqual(created);
    });

    it('answers undefined for a session that never was', async () => {
      const id = sessionIdOf(newSessionToken());

      expect(await store.read(id)).toBeUndefined();
      expect(await store.touch(id, { touchedAt: clock.now(), expiresAt: clock.now() + 1 })).toBeUndefined();
      expect(await store.destroy(id)).toBe(false);
    });

    it('S33: ends a session to the millisecond, however late the sweeper comes', async () => {
      const { id } = await store.create(record({ expiresAt: clock.now() + 1_500 }));

      clock.advance(1_499);
      expect(await store.read(id)).toBeDefined();
      clock.advance(1);
      expect(await store.read(id)).toBeUndefined();
      expect(await store.touch(id, { touchedAt: clock.now(), expiresAt: clock.now() + MINUTE })).toBeUndefined();
      expect(await idsOf(owner)).toEqual([]);
      expect(await store.destroy(id)).toBe(false);
    });

    it('S33: prolongs a session by touching, but not past its absolute end', async () => {
      const { id, endsAt } = await store.create(record({ endsAt: clock.now() + 40 * MINUTE }));

      clock.advance(29 * MINUTE);
      const touched = await store.touch(id, { touchedAt: clock.now(), expiresAt: clock.now() + 30 * MINUTE });
      expect(touched).toMatchObject({ touchedAt: clock.now(), expiresAt: endsAt, version: 1, data: { n: 1 } });
      clock.advance(11 * MINUTE - 1);
      expect(await other.read(id)).toBeDefined();
      clock.advance(1);
      expect(await other.read(id)).toBeUndefined();
    });

    it('R36: never moves an end back when the clock of a replica is behind', async () => {
      const created = await store.create(record());
      const behind = new FakeClock(clock.now() - 5 * MINUTE);
      const late = await place.open(behind);

      const touched = await late.touch(created.id, {
        touchedAt: behind.now(),
        expiresAt: behind.now() + 30 * MINUTE,
      });

      expect(touched).toEqual(created);
      expect(await store.read(created.id)).toEqual(created);
    });

    it('S33 R36: extends a session as touching does: forward, to its absolute end, and only where it lives', async () => {
      const created = await store.create(record({ endsAt: clock.now() + 40 * MINUTE }));
      clock.advance(MINUTE);
      const times = { touchedAt: clock.now(), expiresAt: clock.now() + 30 * MINUTE };

      await other.extend(created.id, { touchedAt: 0, expiresAt: created.expiresAt - 1 });
      expect(await store.read(created.id)).toEqual(created);
      await other.extend(created.id, times);
      expect(await store.read(created.id)).toEqual({ ...created, ...times });
      await other.extend(created.id, { ...times, expiresAt: created.endsAt + MINUTE });
      expect(await store.read(created.id)).toMatchObject({ expiresAt: created.endsAt });
      clock.advance(39 * MINUTE);
      await other.extend(created.id, { touchedAt: clock.now(), expiresAt: clock.now() + MINUTE });
      expect(await store.read(created.id)).toBeUndefined();
    });

    it('S20: brings nothing back by extending it, be it destroyed or ended with all of its owner', async () => {
      const [one, two] = [await store.create(record()), await store.create(record())];
      const times = { touchedAt: clock.now(), expiresAt: clock.now() + 60 * MINUTE };
      await store.destroy(one.id);
      await store.destroyByOwner(owner);

      await other.extend(one.id, times);
      await other.extend(two.id, times);

      expect(await store.read(one.id)).toBeUndefined();
      expect(await store.read(two.id)).toBeUndefined();
      expect(await idsOf(owner)).toEqual([]);
      expect(await store.create({ ...anonymous(), id: one.id })).toMatchObject({ version: 1 });
    });

    it('refuses a second session under the same id, unless the first has ended', async () => {
      const first = await store.create(record({ expiresAt: clock.now() + 1_000 }));

      await expect(other.create(record({ id: first.id }))).rejects.toBeInstanceOf(SessionConflictError);
      clock.advance(1_000);
      expect(await other.create(record({ id: first.id, data: { n: 2 } }))).toMatchObject({ version: 1 });
    });

    it('writes only over the version that was read', async () => {
      const created = await store.create(record());
      const written = await store.write({ ...created, data: { n: 2 } });

      expect(written).toEqual({ ...created, data: { n: 2 }, version: 2 });
      await expect(other.write({ ...created, data: { n: 3 } })).rejects.toBeInstanceOf(SessionConflictError);
      expect(await other.read(created.id)).toEqual(written);
    });

    it('lets one of many parallel writers through', async () => {
      const created = await store.create(record());
      const writes = Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? store : other).write({ ...created, data: { n } }),
      );

      const outcomes = await Promise.allSettled(writes);

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await store.read(created.id))?.version).toBe(2);
    });

    it('lets a write through that read before a touch', async () => {
      const created = await store.create(record());
      await other.touch(created.id, { touchedAt: clock.now() + 5, expiresAt: created.expiresAt + 5 });

      expect(await store.write({ ...created, data: {} })).toMatchObject({ version: 2 });
    });

    it('does not bring back what was ended', async () => {
      const created = await store.create(record());

      expect(await other.destroy(created.id)).toBe(true);
      await expect(store.write({ ...created, data: {} })).rejects.toBeInstanceOf(SessionConflictError);
      expect(await store.read(created.id)).toBeUndefined();
    });

    it('follows a session that changes hands by a conditional write', async () => {
      const created = await store.create(anonymous());

      const theirs = await store.write({ ...created, owner });

      expect(theirs.version).toBe(2);
      expect(await idsOf(owner)).toEqual([created.id]);
      await expect(other.write({ ...created, owner: randomUUID() })).rejects.toBeInstanceOf(SessionConflictError);
      const heir = randomUUID();
      const { owner: _owner, ...nobodys } = await other.write({ ...theirs, owner: heir });
      expect([await idsOf(owner), await idsOf(heir)]).toEqual([[], [created.id]]);
      expect(await store.write(nobodys)).not.toHaveProperty('owner');
      expect(await idsOf(heir)).toEqual([]);
    });

    it('refuses data above the limit, counted in bytes, and says how many', async () => {
      const limit = 16 * 1_024;
      const text = 'é'.repeat((limit - '{"text":""}'.length - 1) / 2);
      const created = await store.create(record({ data: { text } }));
      const larger = { ...created, data: { text: `${text}é` } };

      const refusal = { bytes: limit + 1, limit };
      await expect(store.create(record({ data: larger.data }))).rejects.toMatchObject(refusal);
      await expect(store.write(larger)).rejects.toBeInstanceOf(SessionTooLargeError);
      expect(await store.read(created.id)).toEqual(created);
    });

    it("lists a user's living sessions in pages, and nobody else's", async () => {
      const mine = await Promise.all(Array.from({ length: 5 }, () => store.create(record())));
      await store.create(record({ owner: `${owner}-other` }));
      await store.create(anonymous());
      const [ended] = mine;
      await store.destroy(ended?.id ?? '');
      const living = mine.slice(1).toSorted((one, two) => (one.id < two.id ? -1 : 1));

      const first = await other.listByOwner(owner, { limit: 3 });
      const second = await other.listByOwner(owner, { limit: 3, after: first.next ?? '' });

      expect([...first.sessions, ...second.sessions]).toEqual(living);
      expect(second.next).toBeUndefined();
    });

    it('R30: ends all sessions of a user but one, on every replica', async () => {
      const [kept, ...rest] = await Promise.all(Array.from({ length: 60 }, () => store.create(record())));
      const theirs = await store.create(record({ owner: `${owner}-other` }));

      expect(await other.destroyByOwner(owner, kept?.id)).toBe(rest.length);

      expect(await idsOf(owner)).toEqual([kept?.id]);
      for (const { id } of rest.slice(0, 5)) expect(await store.read(id)).toBeUndefined();
      expect(await store.read(theirs.id)).toEqual(theirs);
      const [gone = theirs] = rest;
      await expect(store.create(gone)).rejects.toBeInstanceOf(SessionConflictError);
      await expect(store.write(gone)).rejects.toBeInstanceOf(SessionConflictError);
      expect(await other.destroyByOwner(owner)).toBe(1);
    });

    it('walks through all sessions', async () => {
      const { id } = await store.create(record());
      const found: string[] = [];

      let next: string | undefined;
      do {
        const page = await store.scan(next === undefined ? { limit: 10 } : { limit: 10, after: next });
        found.push(...page.sessions.map((session) => session.id));
        ({ next } = page);
      } while (next !== undefined);

      expect(found).toContain(id);
    });
  });
}
