import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { type ProblemDetails } from '@lethe/kernel';
import { type SentMail, type TestMail } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { type AuthService, PASSWORD, startAuthWithMail } from './auth-service.js';

const CODE = /\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/;
const NEW_PASSWORD = 'entirely another long passphrase';
const STORED = statement(
  'test.stored-codes',
  `SELECT encode(hash, 'hex') AS hash, extract(epoch FROM expires_at - now()) AS seconds FROM account_code WHERE account_id = $1`,
);
const AGE = statement('test.age-code', 'UPDATE account_code SET expires_at = now() WHERE account_id = $1');
const OUTBOX = statement('test.outbox', 'SELECT count(*) AS count FROM outbox');

describe('codes sent by mail', () => {
  let auth: AuthService & { readonly mail: TestMail };
  beforeAll(async () => {
    auth = await startAuthWithMail(2, { CODES_PER_IP: '1000' });
  });
  afterAll(() => auth.stop());

  /** The newest mail with the subject to the address, and the code in it. */
  async function mailed(address: string, subject: string, count = 1): Promise<SentMail & { readonly code: string }> {
    const mails = await eventually(async () => {
      const found = (await auth.mail.mailsTo(address)).filter((mail) => mail.subject === subject);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    });
    const mail = mails.at(-1);
    if (!mail) throw new RangeError('no mail');
    return { ...mail, code: CODE.exec(mail.text)?.[0] ?? '' };
  }
  async function signedIn(): Promise<Profile & { readonly token: string; readonly refreshToken: string }> {
    const profile = await auth.customer();
    const { body } = await auth.login(profile.email);
    return { ...profile, token: body.accessToken, refreshToken: body.refreshToken };
  }
  const post = (path: string, body: object, token?: string) =>
    auth.call<ProblemDetails>(`/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const forgot = (email: string) => post('password/forgot', { email });
  const reset = (email: string, code: string, newPassword = NEW_PASSWORD) =>
    post('password/reset', { email, code, newPassword });

  async function resetCode(email: string): Promise<string> {
    expect((await forgot(email)).status).toBe(202);
    return (await mailed(email, 'Reset your password')).code;
  }

  it('verify the address of a new account, however the code is typed', async () => {
    const { email } = await auth.customer();
    const { code } = await mailed(email, 'Verify your address');

    const verified = await post('email/verify', { email, code: code.toLowerCase().replace('-', ' ') });

    expect(verified.status).toBe(204);
    const { body } = await auth.login(email);
    expect((await auth.call<Profile>('/auth/me', { token: body.accessToken })).body.emailVerified).toBe(true);
  });

  it('S28: are random, stored hashed, and good for at most ten minutes', async () => {
    const { id, email } = await auth.customer();
    const { code } = await mailed(email, 'Verify your address');

    const [row] = await auth.database.query<{ hash: string; seconds: string }>(STORED, [id]);

    expect(code).toMatch(CODE);
    expect(row?.hash).toHaveLength(64);
    expect(Number(row?.seconds)).toBeLessThanOrEqual(600);
    await auth.database.query(AGE, [id]);
    expect((await post('email/verify', { email, code })).status).toBe(400);
  });

  it('S28: work once, even if used 4 times at once', async () => {
    const { email } = await auth.customer();
    const code = await resetCode(email);

    const answers = await Promise.all(Array.from({ length: 4 }, () => reset(email, code)));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 400, 400, 400]);
  });

  it('S28: are void after five wrong tries, and once another was sent', async () => {
    const { email } = await auth.customer();
    const first = await resetCode(email);
    for (const _ of [1, 2, 3, 4, 5]) expect((await reset(email, 'AAAAA-AAAAA')).status).toBe(400);
    expect((await reset(email, first)).status).toBe(400);

    await forgot(email);
    const { code: second } = await mailed(email, 'Reset your password', 2);

    expect(second).not.toBe(first);
    expect((await reset(email, first)).status).toBe(400);
    expect((await reset(email, second)).status).toBe(204);
  });

  it('S28: are good for one purpose and one account', async () => {
    const [ada, eve] = [await auth.customer(), await auth.customer()];
    const code = await resetCode(ada.email);

    expect((await post('email/verify', { email: ada.email, code })).status).toBe(400);
    expect((await reset(eve.email, code)).status).toBe(400);
    expect((await reset(ada.email, code)).status).toBe(204);
  });

  it('S20: reset a password, end every sign-in, and tell the owner', async () => {
    const ada = await signedIn();
    const code = await resetCode(ada.email);

    expect((await reset(ada.email, code)).status).toBe(204);

    expect((await auth.refresh(ada.refreshToken)).status).toBe(401);
    expect((await auth.login(ada.email, PASSWORD)).status).toBe(401);
    expect((await auth.login(ada.email, NEW_PASSWORD)).status).toBe(200);
    expect((await mailed(ada.email, 'Your password was changed')).text).not.toContain(NEW_PASSWORD);
  });

  it('S22 S24: ask for a good password again, and stay good meanwhile', async () => {
    const { email } = await auth.customer();
    const code = await resetCode(email);

    expect((await reset(email, code, 'too short')).status).toBe(400);
    expect((await reset(email, code, 'passwordpassword')).body.type).toContain('predictable-password');
    expect((await reset(email, code)).status).toBe(204);
  });

  it('S26: are asked for alike whether the address has an account or not', async () => {
    const { email } = await auth.customer();
    await eventually(async () => {
      const [row] = await auth.database.query<{ count: number }>(OUTBOX);
      expect(row?.count).toBe(0);
    });
    const nobody = `${randomUUID()}@example.com`;

    const [known, unknown] = [await forgot(email), await forgot(nobody)];
    const [wrong, absent] = [await reset(email, 'AAAAA-AAAAA'), await reset(nobody, 'AAAAA-AAAAA')];

    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    expect([absent.status, absent.body]).toEqual([wrong.status, wrong.body]);
    expect([...known.headers.keys()]).toEqual([...unknown.headers.keys()]);
    await mailed(email, 'Reset your password');
    expect(await auth.mail.mailsTo(nobody)).toEqual([]);
  });

  it('S27: are sent five times an hour to one address, known or not', async () => {
    const { email } = await auth.customer();
    const nobody = `${randomUUID()}@example.com`;
    const asked = async (address: string) => {
      const answers = [];
      for (const _ of [1, 2, 3, 4, 5, 6]) answers.push((await forgot(address)).status);
      return answers;
    };

    expect(await asked(email)).toEqual([202, 202, 202, 202, 202, 429]);
    expect(await asked(nobody)).toEqual([202, 202, 202, 202, 202, 429]);
  });

  it('S29: move an account to another address, for who knows the password, and tell the old one', async () => {
    const ada = await signedIn();
    const email = `${randomUUID()}@example.com`;
    const ask = (currentPassword: string) => post('email', { email, currentPassword }, ada.token);

    expect((await ask('not the password at all')).status).toBe(403);
    expect((await ask(PASSWORD)).status).toBe(202);
    const { code } = await mailed(email, 'Verify your new address');
    expect((await auth.login(email)).status).toBe(401);
    const confirmed = await auth.call<Profile>('/auth/email/confirm', { body: { code }, token: ada.token });

    expect(confirmed.body).toMatchObject({ id: ada.id, email, emailVerified: true });
    expect((await auth.login(email)).status).toBe(200);
    expect((await auth.login(ada.email)).status).toBe(401);
    await mailed(ada.email, 'Your address is about to change');
  });

  it('do not move an account to the address of another', async () => {
    const [ada, eve] = [await signedIn(), await auth.customer()];
    await post('email', { email: eve.email, currentPassword: PASSWORD }, ada.token);
    const { code } = await mailed(eve.email, 'Verify your new address');

    expect((await post('email/confirm', { code }, ada.token)).status).toBe(409);
    expect((await auth.login(eve.email)).status).toBe(200);
  });
});
