import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile, type Tokens } from '@lethe/contracts';
import { type ProblemDetails } from '@lethe/kernel';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';

const NEW_PASSWORD = 'entirely another long passphrase';

describe('passwords', () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth(2, { LOGIN_FAILURES_PER_ACCOUNT: '3' });
  });
  afterAll(() => auth.stop());

  const change = (token: string, currentPassword: string, newPassword = NEW_PASSWORD) =>
    auth.call<ProblemDetails>('/auth/password', { token, body: { currentPassword, newPassword } });
  const register = (password: string, name = 'Grace Hopper', email = 'grace@navy.example') =>
    auth.call<ProblemDetails>('/auth/register', { body: { email, password, name } });
  async function signedIn(): Promise<Profile & { readonly tokens: Tokens }> {
    const profile = await auth.customer();
    return { ...profile, tokens: (await auth.login(profile.email)).body };
  }

  it('S24: are not common ones, nor made of them, of the owner’s name or of the store’s', async () => {
    for (const password of ['password12345678', 'Grace.Hopper.1906', 'lethe-shop-2026', 'monkeymonkeymonkey']) {
      const { status, body } = await register(password);
      expect([password, status, body.type]).toEqual([password, 400, 'urn:lethe:problem:predictable-password']);
      expect(body.errors).toMatchObject([{ pointer: '/password' }]);
    }
    expect((await register('seven unrelated blue teapots')).status).toBe(201);
  });

  it('S29: are changed by who knows the present one, and only then', async () => {
    const { email, tokens } = await signedIn();

    expect((await change(tokens.accessToken, 'not the right password')).status).toBe(403);
    expect((await change(tokens.accessToken, PASSWORD, 'passwordpassword')).status).toBe(400);
    expect((await auth.login(email, PASSWORD)).status).toBe(200);
    expect((await change(tokens.accessToken, PASSWORD)).status).toBe(204);

    expect((await auth.login(email, PASSWORD)).status).toBe(401);
    expect((await auth.login(email, NEW_PASSWORD)).status).toBe(200);
  });

  it('S20: end every sign-in when they change', async () => {
    const { email, tokens } = await signedIn();
    const { body: elsewhere } = await auth.login(email);

    expect((await change(tokens.accessToken, PASSWORD)).status).toBe(204);

    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
    expect((await auth.refresh(elsewhere.refreshToken)).status).toBe(401);
  });

  it('change once, though asked for twice at once', async () => {
    const { tokens } = await signedIn();
    const wishes = ['entirely one long passphrase', 'entirely two long passphrases'];

    const answers = await Promise.all(wishes.map((wish) => change(tokens.accessToken, PASSWORD, wish)));

    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('S27: are not guessed by a stolen token: failures count as those of sign-ins', async () => {
    const { email, tokens } = await signedIn();
    for (const _ of [1, 2, 3]) expect((await change(tokens.accessToken, 'not the right password')).status).toBe(403);

    expect((await change(tokens.accessToken, PASSWORD)).status).toBe(429);
    expect((await auth.login(email)).status).toBe(429);
  });

  it('S37: are changed by nobody who is not signed in', async () => {
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };

    expect((await auth.call('/auth/password', { body })).status).toBe(401);
  });
});
