import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile, type SessionPage, type Tokens } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { deferred, eventually } from '@lethe/testing';
import { type AuthService, type Answer, startAuth } from './auth-service.js';
import { SessionsEndedError } from '../src/auth.errors.js';
import { OpenSession } from '../src/session/open-session.js';
import { refreshTokenHash } from '../src/session/refresh-token.js';
import { SessionEnder } from '../src/session/session-ender.js';
import { type AccountRow } from '../src/user/account.js';
import { ACCOUNT_BY_ID } from '../src/user/account.sql.js';

const AGE_USE = statement(
  'test.age-use-11',
  `UPDATE refresh_token SET used_at = used_at - make_interval(secs => 11) WHERE hash = $1`,
);
const LIVE = statement(
  'test.live-sessions',
  'SELECT count(*) AS count FROM session WHERE account_id = $1 AND revoked_at IS NULL',
);
const USED_BEFORE = statement(
  'test.used-before',
  `UPDATE session SET last_used_at = clock_timestamp() - make_interval(secs => $2)
    WHERE id = (SELECT session_id FROM refresh_token WHERE hash = $1)`,
);
const WAITING = statement('test.waiting', 'SELECT count(*) AS count FROM pg_locks WHERE NOT granted');
const ORIGIN = { clientId: 'lethe-direct', ip: '203.0.113.5', userAgent: 'agent\r\nx'.padEnd(300, 'y') };

describe('ended sign-ins', () => {
  let auth: AuthService;
  let profile: Profile;
  beforeAll(async () => {
    auth = await startAuth(3);
  });
  afterAll(() => auth.stop());

  async function signIn(times = 1): Promise<Tokens[]> {
    profile = await auth.customer();
    const answers: Answer<Tokens>[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await auth.login(profile.email));
    return answers.map(({ body }) => body);
  }
  const sessions = (token: string, query = '') => auth.call<SessionPage>(`/auth/sessions${query}`, { token });
  const end = (token: string, id = '') =>
    auth.call(`/auth/sessions${id === '' ? '' : `/${id}`}`, { token, method: 'DELETE' });
  const statuses = async (tokens: Tokens) => [
    (await sessions(tokens.accessToken)).status,
    (await auth.refresh(tokens.refreshToken)).status,
  ];
  const accountRow = async () => {
    const [row] = await auth.database.query<AccountRow>(ACCOUNT_BY_ID, [profile.id]);
    if (!row) throw new RangeError('no account');
    return row;
  };
  const part = <T>(type: new (...args: never[]) => T): T => {
    const [replica] = auth.replicas;
    if (!replica) throw new RangeError('no replica');
    return replica.get(type, { strict: false });
  };

  it('are listed by page before they end: newest first, each once, one of them current', async () => {
    const [, , third] = await signIn(3);
    const token = third?.accessToken ?? '';

    const first = await sessions(token, '?limit=2');
    const second = await sessions(token, `?limit=2&cursor=${first.body.nextCursor ?? ''}`);

    const items = [...first.body.items, ...second.body.items];
    expect(items.map(({ current }) => current)).toEqual([true, false, false]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(3);
    expect(second.body.nextCursor).toBeNull();
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(
      ['address', 'client', 'createdAt', 'current', 'expiresAt', 'id', 'lastUsedAt', 'userAgent'].sort(),
    );
    expect((await sessions(token, '?cursor=nonsense')).status).toBe(400);
    expect((await sessions(token, '?limit=1000')).status).toBe(400);
  });

  it('S20: end one by one, at once on every replica, the others staying', async () => {
    const [mine, lost] = await signIn(2);
    if (!mine || !lost) throw new RangeError('two sign-ins');
    const [session] = (await sessions(mine.accessToken)).body.items.filter(({ current }) => !current);

    expect((await end(mine.accessToken, session?.id)).status).toBe(204);

    for (const _ of auth.replicas) expect(await statuses(lost)).toEqual([401, 401]);
    expect(await statuses(mine)).toEqual([200, 200]);
    expect((await end(mine.accessToken, session?.id)).status).toBe(404);
    expect((await sessions(mine.accessToken)).body.items).toHaveLength(1);
  });

  it('S20: end all but the one that asks', async () => {
    const [mine, ...others] = await signIn(3);
    if (!mine) throw new RangeError('a sign-in');

    expect((await end(mine.accessToken)).status).toBe(204);

    for (const other of others) expect(await statuses(other)).toEqual([401, 401]);
    expect(await statuses(mine)).toEqual([200, 200]);
  });

  it('S20: end all, also one unused for long that is being refreshed at that moment', async () => {
    const [mine, unused] = await signIn(2);
    const hash = refreshTokenHash(unused?.refreshToken ?? '');
    await auth.database.query(USED_BEFORE, [hash, 3_600]);
    const go = deferred();
    const used = deferred();
    const refreshing = auth.database.transaction(async (tx) => {
      await tx.query(USED_BEFORE, [hash, 0]);
      used.resolve();
      await go.promise;
    });
    await used.promise;

    const ending = end(mine?.accessToken ?? '');
    await eventually(async () => expect((await auth.database.query(WAITING))[0]).not.toEqual({ count: 0 }));
    go.resolve();

    await refreshing;
    expect((await ending).status).toBe(204);
    expect((await sessions(unused?.accessToken ?? '')).status).toBe(401);
  });

  it('S20: end with logout, and access tokens with them at once where a route asks for it', async () => {
    const [tokens] = await signIn();
    if (!tokens) throw new RangeError('a sign-in');
    const refreshed = (await auth.refresh(tokens.refreshToken)).body;

    await auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } });

    for (const { accessToken } of [tokens, refreshed]) expect((await sessions(accessToken)).status).toBe(401);
    expect((await auth.refresh(refreshed.refreshToken)).status).toBe(401);
  });

  it('S16: end when a used refresh token comes again, with the access tokens of whoever has the newer one', async () => {
    const [tokens] = await signIn();
    if (!tokens) throw new RangeError('a sign-in');
    const newer = (await auth.refresh(tokens.refreshToken)).body;
    await auth.database.query(AGE_USE, [refreshTokenHash(tokens.refreshToken)]);

    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);

    expect(await statuses(newer)).toEqual([401, 401]);
  });

  it('S16 S17: never give a token after the end was acknowledged, whatever raced it on three replicas (C6)', async () => {
    for (const round of [1, 2, 3]) {
      const [tokens, other] = await signIn(2);
      if (!tokens || !other) throw new RangeError('two sign-ins');
      const racing = Array.from({ length: 20 }, () => auth.refresh(tokens.refreshToken));

      const ended = await (round === 1
        ? auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } })
        : end(other.accessToken));
      const given = (await Promise.all(racing)).filter(({ status }) => status === 200).map(({ body }) => body);

      expect(ended.status).toBe(204);
      expect(new Set(given.map(({ refreshToken }) => refreshToken)).size).toBeLessThanOrEqual(1);
      for (const late of [tokens, ...given.slice(0, 3)]) expect(await statuses(late)).toEqual([401, 401]);
    }
  });

  it('S21: end for good with the account’s: a sign-in whose password was checked before cannot begin after', async () => {
    const [tokens] = await signIn();
    const checked = await accountRow();

    await auth.database.transaction((tx) =>
      part(SessionEnder).endSessions(tx, { accountId: profile.id }, 'account disabled'),
    );

    await expect(part(OpenSession).open(auth.database, checked, ORIGIN)).rejects.toBeInstanceOf(SessionsEndedError);
    expect(tokens && (await statuses(tokens))).toEqual([401, 401]);
    expect(await part(OpenSession).open(auth.database, await accountRow(), ORIGIN)).toMatchObject({
      clientId: 'lethe-direct',
    });
    const [row] = await auth.database.query<{ count: number }>(LIVE, [profile.id]);
    expect(row?.count).toBe(1);
  });

  it('S21: let no sign-in through that races the end, however they interleave', async () => {
    await signIn();
    const checked = await accountRow();
    const opening = Array.from({ length: 10 }, () => part(OpenSession).open(auth.database, checked, ORIGIN));
    const ending = auth.database.transaction((tx) =>
      part(SessionEnder).endSessions(tx, { accountId: profile.id }, 'account disabled'),
    );

    await Promise.allSettled([...opening, ending]);

    await expect(ending).resolves.toBeUndefined();
    const [row] = await auth.database.query<{ count: number }>(LIVE, [profile.id]);
    expect(row?.count).toBe(0);
  });

  it('S60: keep of the user agent one short line, and of the address a pseudonym', async () => {
    const [tokens] = await signIn();
    await part(OpenSession).open(auth.database, await accountRow(), ORIGIN);

    const { items } = (await sessions(tokens?.accessToken ?? '')).body;

    expect(items[0]?.userAgent).toMatch(/^agent xy+$/);
    expect(items[0]?.userAgent.length).toBeLessThanOrEqual(200);
    expect(items[0]?.address).not.toBe(items[1]?.address);
    expect(JSON.stringify(items)).not.toContain('203.0.113');
  });

  it('S20: are not half ended while revocations cannot be written: 503, and the sign-in goes on', async () => {
    const broken = await startAuth(1, { REVOCATIONS_TABLE: 'no-such-table' });
    try {
      const { email } = await broken.customer();
      const tokens = (await broken.login(email)).body;

      const logout = await broken.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } });

      expect(logout.status).toBe(503);
      expect(logout.headers.get('retry-after')).toBe('1');
      expect((await broken.call('/auth/sessions', { token: tokens.accessToken })).status).toBe(503);
      expect((await broken.refresh(tokens.refreshToken)).status).toBe(200);
      expect((await broken.call('/auth/me', { token: tokens.accessToken })).status).toBe(200);
    } finally {
      await broken.stop();
    }
  });
});
