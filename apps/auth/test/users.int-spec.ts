import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile, type Tokens, type User, type UserPage } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { ADMIN_PASSWORD, type AuthService, PASSWORD, startAuth } from './auth-service.js';

const EVENTS = statement(
  'test.events',
  'SELECT event, actor_id AS actor, facts FROM audit_event WHERE account_id = $1 ORDER BY id',
);

const TOLD = statement(
  'test.told',
  `SELECT body::jsonb -> 'data' AS data FROM outbox WHERE type = 'auth.user-deleted.v1' AND key = $1`,
);

describe('users, as admins manage them', () => {
  let auth: AuthService;
  let admin: string;
  let adminId: string;
  beforeAll(async () => {
    auth = await startAuth(2);
    admin = (await auth.login('admin@lethe.local', ADMIN_PASSWORD)).body.accessToken;
    adminId = (await auth.call<Profile>('/auth/me', { token: admin })).body.id;
  });
  afterAll(() => auth.stop());

  const list = (query: string, token = admin) => auth.call<UserPage>(`/auth/users?${query}`, { token });
  const find = (id: string) => auth.call<User>(`/auth/users/${id}`, { token: admin });
  const patch = (id: string, body: object, tag: string | undefined, token = admin) =>
    auth.call<User>(`/auth/users/${id}`, {
      method: 'PATCH',
      body,
      token,
      headers: tag === undefined ? {} : { 'if-match': tag },
    });
  const remove = (id: string, token = admin) => auth.call(`/auth/users/${id}`, { method: 'DELETE', token });
  const register = async (email: string, name: string) =>
    (await auth.call<Profile>('/auth/register', { body: { email, password: PASSWORD, name } })).body;
  async function signedIn(): Promise<Profile & { readonly tokens: Tokens }> {
    const profile = await auth.customer();
    return { ...profile, tokens: (await auth.login(profile.email)).body };
  }

  it('are listed page by page, each once, though others register meanwhile', async () => {
    for (const index of [1, 2, 3, 4, 5]) await register(`page-${index}@pages.example`, 'Page');
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await list(`q=page-&limit=2${cursor}`);
      seen.push(...body.items.map(({ email }) => email));
      if (seen.length === 2) await register('page-6@pages.example', 'Page');
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');

    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((index) => `page-${index}@pages.example`));
  });

  it('are found by the beginning of the address or of a word of the name, by role and status', async () => {
    const ada = await register('ada@search.example', 'Ada Augusta Lovelace');
    const like = await register('a_a@search.example', '100% Ada');
    const idsOf = async (query: string) => (await list(query)).body.items.map(({ id }) => id);

    expect(await idsOf('q=ADA%40search')).toEqual([ada.id]);
    expect(await idsOf('q=lovel')).toEqual([ada.id]);
    expect(await idsOf('q=ovelace')).toEqual([]);
    expect(await idsOf('q=a_a')).toEqual([like.id]);
    expect(await idsOf('role=admin')).toEqual([adminId]);
    expect(await idsOf('q=lovel&status=active')).toEqual([ada.id]);
    expect(await idsOf('q=lovel&status=unverified')).toEqual([ada.id]);
    expect(await idsOf('q=lovel&status=disabled')).toEqual([]);
  });

  it('S44: are listed at most 100 at a time, by filters that are known, from a cursor that was given', async () => {
    for (const query of ['limit=101', 'limit=0', 'role=root', 'sort=email', 'q=a&q=b', 'cursor=AAAA']) {
      expect([query, (await list(query)).status]).toEqual([query, 400]);
    }
  });

  it('S39: show no hash, and take roles and disabling alone', async () => {
    const { id } = await auth.customer();
    const { body, headers } = await find(id);
    const tag = headers.get('etag') ?? '';

    expect(Object.keys(body).toSorted()).toEqual([
      'createdAt',
      'disabled',
      'email',
      'emailVerified',
      'id',
      'name',
      'roles',
      'secondFactor',
    ]);
    for (const change of [{ email: 'x@example.com' }, { passwordHash: 'x' }, { roles: ['root'] }, { roles: [] }, {}]) {
      expect((await patch(id, change, tag)).status).toBe(400);
    }
  });

  it('S37 S38: are for admins alone, one’s own record too', async () => {
    const { id, tokens } = await signedIn();
    const token = tokens.accessToken;

    const answers = [
      await list('', token),
      await auth.call(`/auth/users/${id}`, { token }),
      await patch(id, { roles: ['admin'] }, '*', token),
      await remove(id, token),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await auth.call('/auth/users')).status).toBe(401);
  });

  it('R27: are changed only from the version that was read', async () => {
    const { id } = await auth.customer();
    const tag = (await find(id)).headers.get('etag') ?? '';

    const both = await Promise.all([patch(id, { roles: ['analyst'] }, tag), patch(id, { disabled: true }, tag)]);

    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    expect((await patch(id, { disabled: false }, undefined)).status).toBe(428);
    expect((await patch(uuidv7(), { disabled: true }, '*')).status).toBe(404);
  });

  it('S21: cannot sign in, refresh or go on once disabled, and nobody is told why', async () => {
    const { id, email, tokens } = await signedIn();
    const wrong = await auth.login(email, 'not the right password');

    expect((await patch(id, { disabled: true }, '*')).body.disabled).toBe(true);

    const refused = await auth.login(email);
    expect([refused.status, refused.body]).toEqual([wrong.status, wrong.body]);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
    expect((await auth.call('/auth/me', { token: tokens.accessToken })).status).toBe(401);
    await patch(id, { disabled: false }, '*');
    expect((await auth.login(email)).status).toBe(200);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
  });

  it('S42: have other roles at once where they sign in anew, since that is what they must', async () => {
    const { id, email, tokens } = await signedIn();

    await patch(id, { roles: ['customer', 'analyst'] }, '*');

    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
    const { body } = await auth.login(email);
    expect((await auth.call<Profile>('/auth/me', { token: body.accessToken })).body.roles).toEqual([
      'customer',
      'analyst',
    ]);
  });

  it('S20 S21: are taken their rights at once, an admin too, though the access token has not ended', async () => {
    const { id, email } = await signedIn();
    await patch(id, { roles: ['admin'] }, '*');
    const { body } = await auth.login(email);
    expect((await list('', body.accessToken)).status).toBe(200);

    await patch(id, { roles: ['customer'] }, '*');

    expect((await list('', body.accessToken)).status).toBe(401);
  });

  it('S21: are gone with all they had when deleted, and the address is free', async () => {
    const { id, email, tokens } = await signedIn();

    expect((await remove(id)).status).toBe(204);

    expect((await remove(id)).status).toBe(404);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
    expect((await auth.login(email)).status).toBe(401);
    expect((await register(email, 'Again')).id).not.toBe(id);
  });

  it('S54: are forgotten by other services, which are told by id alone', async () => {
    const { id } = await auth.customer();

    await remove(id);

    expect(await auth.database.query(TOLD, [id])).toEqual([{ data: { userId: id } }]);
  });

  it('are never without an admin: admins do not change or delete themselves', async () => {
    expect((await patch(adminId, { roles: ['customer'] }, '*')).status).toBe(409);
    expect((await remove(adminId)).status).toBe(409);
  });

  it('S60: leave a record of what was done to them, by whom, that outlives them', async () => {
    const { id } = await auth.customer();
    await patch(id, { roles: ['analyst'] }, '*');
    await patch(id, { disabled: true }, '*');
    await remove(id);

    expect(await auth.database.query(EVENTS, [id])).toEqual([
      { event: 'user-changed', actor: adminId, facts: { roles: ['analyst'] } },
      { event: 'user-changed', actor: adminId, facts: { disabled: true } },
      { event: 'user-deleted', actor: adminId, facts: {} },
    ]);
  });
});
