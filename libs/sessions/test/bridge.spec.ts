import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { Cookie, MemoryStore, type SessionData } from 'express-session';
import { type BridgeEvent, bridge, exportSessions, importSessions } from '../src/bridge/index.js';
import { LetheExpressStore, takeOver } from '../src/express/index.js';
import { OldPlaceError, SessionImportError, SessionStoreUnavailableError } from '../src/sessions.errors.js';
import { WebSessions } from '../src/web/web-sessions.js';
import { FakeSessionStore } from './support/fake-session-store.js';
import { promisedStore } from './support/promised-store.js';

const HOUR = 3_600_000;

async function linesOf(exported: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exported) lines.push(line);
  return lines;
}

describe('the bridge between an old place and the new one', () => {
  let clock: FakeClock;
  let memory: MemoryStore;
  let old: ReturnType<typeof promisedStore>;
  let store: FakeSessionStore;
  let places: { store: FakeSessionStore; clock: FakeClock };
  let events: BridgeEvent[];
  let sid: string;

  beforeEach(() => {
    clock = new FakeClock(Date.now());
    memory = new MemoryStore();
    old = promisedStore(memory);
    store = new FakeSessionStore(clock);
    places = { store, clock };
    events = [];
    sid = randomUUID();
  });

  function session(user: string): SessionData {
    const cookie = new Cookie();
    cookie.expires = new Date(clock.now() + 10 * HOUR);
    cookie.originalMaxAge = 10 * HOUR;
    return { cookie, user };
  }

  function openBridge(dates: { movesFrom?: Date; until?: Date } = {}) {
    const until = dates.until ?? new Date(clock.now() + 5 * HOUR);
    return bridge({ from: memory, to: places, ...dates, until, onEvent: (event) => events.push(event) });
  }

  it('moves a session at its first touch, with its end as it was', async () => {
    await old.set(sid, session('ada'));
    const end = new Date(clock.now() + 10 * HOUR).toISOString();

    await expect(openBridge().get(sid)).resolves.toMatchObject({ user: 'ada', cookie: { expires: end } });

    await expect(old.get(sid)).resolves.toBeUndefined();
    await expect(new WebSessions(places).get(sid)).resolves.toMatchObject({ user: 'ada', cookie: { expires: end } });
  });

  it('moves a session once, however many replicas find it at the same time', async () => {
    await old.set(sid, session('ada'));
    const replicas = Array.from({ length: 20 }, () => openBridge());

    const found = await Promise.all(replicas.map((replica) => replica.get(sid)));

    expect(found.map((each) => each?.['user'])).toEqual(Array.from({ length: 20 }, () => 'ada'));
    expect(store.records.size).toBe(1);
  });

  it('S20: a destroyed session does not come back from the old place', async () => {
    await old.set(sid, session('ada'));
    const replica = openBridge();
    await replica.destroy(sid);
    await old.set(sid, session('ada'));

    await expect(replica.get(sid)).resolves.toBeUndefined();
    await expect(openBridge().get(sid)).resolves.toBeUndefined();
    await expect(replica.moveAll()).resolves.toBe(0);
  });

  it('S20: a session that is destroyed while another replica moves it stays destroyed', async () => {
    await old.set(sid, session('ada'));
    const ending = openBridge();
    const found = await old.get(sid);
    jest.spyOn(memory, 'get').mockImplementationOnce((id, callback) => {
      // The other replica has read the old place, and gets to the new one late.
      void ending.destroy(id).then(() => setImmediate(callback, null, found));
    });

    await expect(openBridge().get(sid)).resolves.toBeUndefined();
    await expect(openBridge().get(sid)).resolves.toBeUndefined();
  });

  it('S20: a save that was under way when its session was destroyed does not bring it back', async () => {
    await old.set(sid, session('ada'));
    const replica = openBridge();
    await replica.destroy(sid);

    await replica.set(sid, session('ada'));

    await expect(replica.get(sid)).resolves.toBeUndefined();
  });

  it('a session that another replica has just moved is found', async () => {
    await old.set(sid, session('ada'));
    const get = memory.get.bind(memory);
    jest.spyOn(memory, 'get').mockImplementationOnce((id, callback) => {
      void openBridge()
        .get(id)
        .then(() => get(id, callback));
    });

    await expect(openBridge().get(sid)).resolves.toMatchObject({ user: 'ada' });
  });

  it('S34: a session that cannot be looked for in either place is an error, not a missing one', async () => {
    const replica = openBridge();
    jest.spyOn(memory, 'get').mockImplementationOnce((_, callback) => callback(new Error('disk failure')));
    await expect(replica.get(sid)).rejects.toThrow(OldPlaceError);

    store.isDown = true;
    await expect(replica.get(sid)).rejects.toThrow(SessionStoreUnavailableError);
  });

  it('goes on with the new copy where the old one cannot be removed, and tells', async () => {
    await old.set(sid, session('ada'));
    jest.spyOn(memory, 'destroy').mockImplementation((_, callback) => callback?.(new Error('read-only')));
    const replica = openBridge();

    await expect(replica.get(sid)).resolves.toMatchObject({ user: 'ada' });

    expect(events).toMatchObject([{ type: 'old-copy-left' }]);
    await replica.set(sid, { ...(await replica.get(sid)), user: 'eve' });
    await expect(openBridge().get(sid)).resolves.toMatchObject({ user: 'eve' });
  });

  it('does not read the old place after its end, and says so once', async () => {
    await old.set(sid, session('ada'));
    const replica = openBridge({ until: new Date(clock.now() + HOUR) });
    clock.advance(HOUR);
    const get = jest.spyOn(memory, 'get');

    await expect(replica.get(sid)).resolves.toBeUndefined();
    await replica.get(sid);

    expect(get).not.toHaveBeenCalled();
    expect(events).toEqual([{ type: 'old-place-retired', until: new Date(clock.now()) }]);
  });

  it('leaves sessions where old replicas find them until it moves them', async () => {
    const replica = openBridge({ movesFrom: new Date(clock.now() + HOUR) });
    await replica.set(sid, session('ada'));

    await expect(old.get(sid)).resolves.toMatchObject({ user: 'ada' });
    clock.advance(HOUR);
    await expect(replica.get(sid)).resolves.toMatchObject({ user: 'ada' });
    await expect(old.get(sid)).resolves.toBeUndefined();
  });

  it('R36: a replica whose clock is behind finds, saves and ends what others have moved', async () => {
    await old.set(sid, session('ada'));
    const ahead = openBridge();
    const behind = openBridge({ movesFrom: new Date(clock.now() + HOUR) });
    await ahead.get(sid);

    const found = await behind.get(sid);
    await behind.set(sid, Object.assign(found ?? {}, { user: 'eve' }));

    await expect(ahead.get(sid)).resolves.toMatchObject({ user: 'eve' });
    await behind.destroy(sid);
    await expect(ahead.get(sid)).resolves.toBeUndefined();
  });

  it('moves all that is left, and can be asked to again', async () => {
    for (let index = 0; index < 250; index += 1) await old.set(`session-${index}`, session(`user-${index}`));
    const replica = openBridge();

    await expect(replica.moveAll()).resolves.toBe(250);
    await expect(replica.moveAll()).resolves.toBe(0);
    await expect(old.length()).resolves.toBe(0);
    await expect(promisedStore(new LetheExpressStore(replica)).length()).resolves.toBe(250);
  });

  it('all tells of both places, each session once; clear empties both', async () => {
    await old.set('old', session('ada'));
    await new WebSessions(places).set('new', session('eve'));
    const both = promisedStore(new LetheExpressStore(openBridge()));

    const users = Object.values((await both.all()) ?? {}).map(({ user }) => user);
    expect(new Set(users)).toEqual(new Set(['ada', 'eve']));

    await both.clear();
    await expect(both.length()).resolves.toBe(0);
  });

  it('takes over a store object: a request that had its session in hand saves it to the new place', async () => {
    await old.set(sid, session('ada'));
    const inHand = await old.load(sid);
    await expect(takeOver(memory, { to: places, until: new Date(clock.now() + HOUR) })).resolves.toBe(1);

    if (inHand === undefined) throw new Error('not loaded');
    inHand.views = 7;
    await old.set(sid, inHand);

    await expect(new WebSessions(places).get(sid)).resolves.toMatchObject({ user: 'ada', views: 7 });
    await expect(old.get(sid)).resolves.toMatchObject({ views: 7 });
  });

  it('exports the sessions of a running process as lines, which another place imports, once', async () => {
    await old.set(sid, session('ada'));
    await old.set('expired', { ...session('eve'), cookie: Object.assign(new Cookie(), { expires: new Date(1) }) });
    const lines = await linesOf(exportSessions(memory, clock));

    expect(lines).toEqual([expect.stringMatching(new RegExp(`^\\{"sid":"${sid}","session":\\{.*\\}\\}\\n$`))]);
    await expect(importSessions(lines, places)).resolves.toEqual({ imported: 1, skipped: 0 });
    await expect(importSessions(lines, places)).resolves.toEqual({ imported: 0, skipped: 1 });
    await expect(new WebSessions(places).get(sid)).resolves.toMatchObject({ user: 'ada' });
  });

  it('an import leaves a session alone that has changed since the export', async () => {
    await old.set(sid, session('ada'));
    const lines = await linesOf(exportSessions(memory, clock));
    await new WebSessions(places).set(sid, session('eve'));

    await expect(importSessions(lines, places)).resolves.toEqual({ imported: 0, skipped: 1 });
    await expect(new WebSessions(places).get(sid)).resolves.toMatchObject({ user: 'eve' });
  });

  it('an import names the line that is no session, and does not repeat it', async () => {
    const lines = [`{"sid":"${sid}","session":{"cookie":{}}}\n`, `{"sid":"${sid}`];

    const failure: unknown = await importSessions(lines, places).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(SessionImportError);
    expect(String(failure)).toBe('SessionImportError: line 2 is no exported session');
  });
});
