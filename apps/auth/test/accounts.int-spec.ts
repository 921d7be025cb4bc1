import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile } from '@lethe/contracts';
import { type ProblemDetails } from '@lethe/kernel';
import { statement } from '@lethe/database';
import { ADMIN_PASSWORD, type AuthService, PASSWORD, startAuth } from './auth-service.js';
import { prepare } from '../src/prepare.js';
import { hashPassword } from '../src/user/password-hash.js';

const HASH_OF = statement('test.hash-of', 'SELECT password_hash AS hash FROM account WHERE id = $1');
const SET_HASH = statement('test.set-hash', 'UPDATE account SET password_hash = $2 WHERE id = $1');

describe('accounts', () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const hashOf = async (id: string) => (await auth.database.query<{ hash: string }>(HASH_OF, [id]))[0]?.hash ?? '';

  it('are made by registration, with a profile that shows nothing but itself (S39)', async () => {
    const body = { email: 'Grace@Example.com', password: PASSWORD, name: ' Grace ' };

    const { status, body: profile } = await auth.call<Profile>('/auth/register', { body });

    expect(status).toBe(201);
    expect(profile).toEqual({
      id: expect.any(String),
      email: 'Grace@Example.com',
      name: 'Grace',
      roles: ['customer'],
      emailVerified: false,
    });
  });

  it('are one per address, whatever its capitals, and who registers cannot choose a role', async () => {
    const { email } = await auth.customer();
    const again = { email: email.toUpperCase(), password: PASSWORD, name: 'Eve' };

    expect((await auth.call('/auth/register', { body: again })).status).toBe(409);
    expect(
      (await auth.call('/auth/register', { body: { ...again, email: 'e@example.com', roles: ['admin'] } })).status,
    ).toBe(400);
    expect((await auth.login(email.toUpperCase())).status).toBe(200);
  });

  it('are one even if registered 10 times at once', async () => {
    const body = { email: 'race@example.com', password: PASSWORD, name: 'Race' };

    const answers = await Promise.all(Array.from({ length: 10 }, () => auth.call('/auth/register', { body })));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
  });

  it('S22: need a password of 15 characters', async () => {
    const body = { email: 'short@example.com', password: 'fourteen chars', name: 'Short' };

    const { status, body: problem } = await auth.call<ProblemDetails>('/auth/register', { body });

    expect(status).toBe(400);
    expect(problem.errors).toMatchObject([{ pointer: '/password' }]);
  });

  it('S23: take a password of any Unicode, long, and equal in either normal form', async () => {
    const password = `åéî ${'pâtisserie '.repeat(10)}🥐`;
    await auth.call('/auth/register', {
      body: { email: 'u@example.com', password: password.normalize('NFD'), name: 'U' },
    });

    expect((await auth.login('u@example.com', password.normalize('NFC'))).status).toBe(200);
    expect((await auth.login('u@example.com', password.toUpperCase())).status).toBe(401);
    expect((await auth.login('u@example.com', password.slice(0, -2))).status).toBe(401);
  });

  it('S25: are kept as argon2id of 19 MiB and two passes, and rehashed at sign-in when that rises', async () => {
    const { id, email } = await auth.customer();
    expect(await hashOf(id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const weak = await hashPassword(PASSWORD, { memory: 8192, passes: 1, parallelism: 1 });
    await auth.database.query(SET_HASH, [id, weak]);

    expect((await auth.login(email)).status).toBe(200);

    expect(await hashOf(id)).toMatch(/m=19456,t=2/);
    expect((await auth.login(email)).status).toBe(200);
  });

  it('S30: are not there by default; the admin has the password that the operator gave, and its sessions end with it', async () => {
    const { body: tokens } = await auth.login('admin@lethe.local', ADMIN_PASSWORD);
    const { body: me } = await auth.call<Profile>('/auth/me', { token: tokens.accessToken });
    const config = { DATABASE_URL: auth.databaseUrl, AUTH_KEY_SECRET: auth.secret };

    expect(me.roles).toEqual(['admin']);
    expect(await prepare(config)).toEqual({ applied: [], signingKey: 'unchanged', admin: 'none' });
    expect((await prepare({ ...config, LETHE_ADMIN_PASSWORD: ADMIN_PASSWORD })).admin).toBe('unchanged');
    expect((await prepare({ ...config, LETHE_ADMIN_PASSWORD: 'another long password' })).admin).toBe('changed');
    expect((await auth.login('admin@lethe.local', ADMIN_PASSWORD)).status).toBe(401);
    expect((await auth.login('admin@lethe.local', 'another long password')).status).toBe(200);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
  });
});
