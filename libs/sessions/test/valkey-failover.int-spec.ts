import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type TestValkey, describeWithValkey, startTestValkey } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { Valkey } from '@lethe/valkey';
import { SessionStoreUnavailableError, Sessions, valkeySessionStore } from '../src/index.js';

describeWithValkey('sessions when Valkey loses them', () => {
  let server: TestValkey;
  let valkey: Valkey;
  let sessions: Sessions;

  beforeAll(async () => {
    server = await startTestValkey();
  });
  beforeEach(async () => {
    valkey = new Valkey({ url: server.url, timeoutMs: 300 });
    await valkey.connect();
    sessions = new Sessions({ store: valkeySessionStore({ valkey }), idleSeconds: 600, absoluteSeconds: 6_000 });
  });
  afterEach(() => valkey.close());
  afterAll(() => server.stop());

  it('R31: after FLUSHALL nobody is signed in, everybody can sign in again, and nobody meets another', async () => {
    const users = Array.from({ length: 20 }, () => randomUUID());
    const before = await Promise.all(users.map((user) => sessions.open({ user }, user)));

    await valkey.call(undefined, ['FLUSHALL']);
    await valkey.call(undefined, ['SCRIPT', 'FLUSH']);

    for (const { token } of before) {
      expect(await sessions.find(token)).toBeUndefined();
      expect(await sessions.update(token, (data) => data)).toBeUndefined();
      expect(await sessions.rotate(token, 'somebody')).toBeUndefined();
    }
    const again = await Promise.all(users.map((user) => sessions.open({ user }, user)));
    for (const [at, { token }] of again.entries())
      expect(await sessions.find(token, users[at])).toMatchObject({ owner: users[at], data: { user: users[at] } });
  });

  it('R31 S34: while the server is gone every request is denied, and afterwards no session is mixed up', async () => {
    const users = Array.from({ length: 20 }, () => randomUUID());
    const tokens = await Promise.all(users.map((user) => sessions.open({ user }, user)));

    await server.restart(async () => {
      const asked = await Promise.allSettled(tokens.map(({ token }) => sessions.find(token)));
      const reasons = asked.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.value));
      expect(reasons.every((reason) => reason instanceof SessionStoreUnavailableError)).toBe(true);
      await expect(sessions.open({})).rejects.toBeInstanceOf(SessionStoreUnavailableError);
    });

    await eventually(() => valkey.ping());
    for (const { token } of tokens) expect(await sessions.find(token)).toBeUndefined();
    const { token } = await sessions.open({ n: 1 }, 'returned');
    expect(await sessions.find(token)).toMatchObject({ owner: 'returned', data: { n: 1 } });
  });

  it('R31: requests that were given up while the server stood still leave no answer for another user', async () => {
    const users = Array.from({ length: 10 }, () => randomUUID());
    const tokens = await Promise.all(users.map((user) => sessions.open({ user }, user)));
    const other = new Valkey({ url: server.url });
    await other.connect();
    await other.call(undefined, ['CLIENT', 'PAUSE', '600', 'ALL']);
    await other.close();

    const given = await Promise.allSettled(tokens.map(({ token }) => sessions.find(token)));
    expect(new Set(given.map(({ status }) => status))).toEqual(new Set(['rejected']));

    await eventually(() => valkey.ping());
    const found = await Promise.all(tokens.toReversed().map(({ token }) => sessions.find(token)));
    expect(found.map((session) => session?.owner)).toEqual(users.toReversed());
  });
});
