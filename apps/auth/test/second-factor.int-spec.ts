import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile, type Tokens } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { type ProblemDetails } from '@lethe/kernel';
import { Secret, TOTP } from 'otpauth';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';

const SEALED = statement('test.sealed', 'SELECT sealed_secret AS sealed FROM second_factor WHERE account_id = $1');
const KEPT = statement('test.kept', `SELECT encode(hash, 'escape') AS hash FROM recovery_code WHERE account_id = $1`);
const SWAP = statement(
  'test.swap',
  `UPDATE second_factor f SET sealed_secret = other.sealed_secret
     FROM second_factor other WHERE f.account_id = $1 AND other.account_id = $2`,
);

describe('the second factor', () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth(2);
  });
  afterAll(() => auth.stop());

  interface User extends Profile {
    readonly token: string;
  }
  const login = (email: string, code?: string, password = PASSWORD) =>
    auth.call<Tokens & ProblemDetails>('/auth/login', {
      body: { email, password, ...(code === undefined ? {} : { code }) },
    });
  const totp = <T = ProblemDetails>({ token }: User, path: string, body: object) =>
    auth.call<T>(`/auth/totp${path}`, { body, token });
  /** The code `steps` half minutes from now. */
  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

  async function signedIn(): Promise<User> {
    const profile = await auth.customer();
    return { ...profile, token: (await auth.login(profile.email)).body.accessToken };
  }
  async function enrolled(user: User): Promise<string> {
    return (await totp<{ secret: string }>(user, '', { currentPassword: PASSWORD })).body.secret;
  }
  const step = () => Math.floor(Date.now() / 30_000);
  /** Confirms by the code of the step before this one. Where the step ends meanwhile that is too old, and the next is sent. */
  async function confirmed(user: User, secret: string) {
    for (;;) {
      const begun = step();
      const answer = await totp<{ recoveryCodes: string[] }>(user, '/confirm', { code: codeOf(secret, -1) });
      if (answer.status === 200 || step() === begun) return answer;
    }
  }
  /** A user with a confirmed factor, and its recovery codes. */
  async function protectedUser(): Promise<User & { readonly secret: string; readonly recoveryCodes: string[] }> {
    const user = await signedIn();
    const secret = await enrolled(user);
    const { status, body } = await confirmed(user, secret);
    expect(status).toBe(200);
    return { ...user, secret, recoveryCodes: body.recoveryCodes };
  }

  it('is asked for once it was confirmed, and only after the right password', async () => {
    const user = await signedIn();
    const secret = await enrolled(user);
    expect((await login(user.email)).status).toBe(200);
    expect((await totp(user, '/confirm', { code: '000000' })).status).toBe(400);
    expect((await confirmed(user, secret)).status).toBe(200);

    const without = await login(user.email);
    const wrongPassword = await login(user.email, codeOf(secret), 'not the right password');

    expect([without.status, without.body.type]).toEqual([401, 'urn:lethe:problem:second-factor-required']);
    expect([wrongPassword.status, wrongPassword.body.type]).toEqual([401, 'urn:lethe:problem:wrong-credentials']);
    expect((await login(user.email, codeOf(secret))).status).toBe(200);
  });

  it('takes each code once, on whichever replica, and none older than one that was used', async () => {
    const { email, secret } = await protectedUser();
    const code = codeOf(secret, 1);

    const answers = await Promise.all([login(email, code), login(email, code), login(email, code)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    expect((await login(email, codeOf(secret))).body.type).toContain('wrong-code');
  });

  it('takes a recovery code in its place, once', async () => {
    const { email, recoveryCodes } = await protectedUser();
    const [first = '', second = ''] = recoveryCodes;

    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await login(email, first.toLowerCase())).status).toBe(200);
    expect((await login(email, first)).status).toBe(401);
    expect((await login(email, second)).status).toBe(200);
  });

  it('S56: lies sealed in the database, and of recovery codes only a hash', async () => {
    const ada = await protectedUser();
    const eve = await protectedUser();
    const [row] = await auth.database.query<{ sealed: Buffer }>(SEALED, [ada.id]);
    const kept = await auth.database.query<{ hash: string }>(KEPT, [ada.id]);

    expect(row?.sealed.toString('latin1')).not.toContain(ada.secret);
    expect(kept).toHaveLength(10);
    expect(kept.map(({ hash }) => hash).join()).not.toContain(ada.recoveryCodes[0]?.slice(0, 5) ?? '');
    await auth.database.query(SWAP, [ada.id, eve.id]);
    expect((await login(ada.email, codeOf(eve.secret))).status).toBe(500);
  });

  it('S29: is added and removed only with the password', async () => {
    const user = await protectedUser();
    const currentPassword = 'not the right password';

    expect((await totp(user, '', { currentPassword })).status).toBe(403);
    expect((await totp(user, '', { currentPassword: PASSWORD })).status).toBe(409);
    expect((await totp(user, '/disable', { currentPassword })).status).toBe(403);
    expect((await totp(user, '/disable', { currentPassword: PASSWORD })).status).toBe(204);
    expect((await login(user.email)).status).toBe(200);
    expect((await login(user.email, user.recoveryCodes[0])).status).toBe(200);
  });

  it('S27: cannot be guessed at: ten failures close it for a while, to the right code too', async () => {
    const { email, secret } = await protectedUser();

    const guesses = await Promise.all(Array.from({ length: 30 }, (_, index) => login(email, String(100_000 + index))));

    expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10);
    expect((await login(email, codeOf(secret))).status).toBe(429);
  });
});
