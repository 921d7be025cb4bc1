import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Profile } from '@lethe/contracts';
import { pino } from 'pino';
import { ADMIN_PASSWORD, type AuthService, PASSWORD, startAuth } from './auth-service.js';

const NEW_PASSWORD = 'entirely another long passphrase';
const FORGED = 'nobody@example.com\r\n{"event":"login","outcome":"ok","user":"forged"}';

describe('the security log', () => {
  const lines: string[] = [];
  let auth: AuthService;
  beforeAll(async () => {
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    auth = await startAuth(1, { LOGIN_FAILURES_PER_ACCOUNT: '2' }, { logger });
  });
  afterAll(() => auth.stop());

  const events = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const eventsOf = (user: string) => events().flatMap((line) => (line['user'] === user ? [line['event']] : []));
  const change = (token: string, currentPassword: string) =>
    auth.call('/auth/password', { token, body: { currentPassword, newPassword: NEW_PASSWORD } });

  it('S60: tells of registration, sign-in, a changed password, log-out and a change by an admin, by id', async () => {
    const profile = await auth.customer();
    const { body: first } = await auth.login(profile.email);
    await change(first.accessToken, PASSWORD);
    const { body: second } = await auth.login(profile.email, NEW_PASSWORD);
    await auth.call('/auth/logout', { body: { refreshToken: second.refreshToken } });
    const { body: admin } = await auth.login('admin@lethe.local', ADMIN_PASSWORD);
    const path = `/auth/users/${profile.id}`;
    const asAdmin = { token: admin.accessToken, headers: { 'if-match': '*' } };
    await auth.call(path, { ...asAdmin, method: 'PATCH', body: { disabled: true } });

    const adminId = (await auth.call<Profile>('/auth/me', { token: admin.accessToken })).body.id;
    expect(eventsOf(profile.id)).toEqual(
      expect.arrayContaining(['registered', 'login', 'password-changed', 'login', 'logout', 'user-changed']),
    );
    expect(events().find((line) => line['event'] === 'user-changed')).toMatchObject({
      actor: adminId,
      facts: { disabled: true },
    });
  });

  it('S60: tells of what was refused: sign-ins, limits, and calls without the right', async () => {
    const { email } = await auth.customer();
    const { body } = await auth.login(email);
    await change(body.accessToken, 'not the right password');
    await auth.login(email, 'not the right password');
    await auth.login(email, PASSWORD);
    await auth.call('/auth/users', { token: body.accessToken });

    const refused = events().filter(({ event, outcome }) => event === 'denied' || outcome === 'failed');
    expect(refused.map(({ event, status }) => [event, status])).toEqual(
      expect.arrayContaining([
        ['login', undefined],
        ['denied', 401],
        ['denied', 429],
        ['denied', 403],
      ]),
    );
  });

  it('S60: is not forged by line breaks in what was typed', async () => {
    const before = lines.length;

    await auth.call('/auth/login', {
      body: { email: FORGED, password: PASSWORD },
      headers: { 'user-agent': 'x' },
    });

    expect(lines.length).toBeGreaterThan(before);
    for (const line of lines) expect(line.trimEnd()).not.toMatch(/[\r\n]/);
    expect(eventsOf('forged')).toEqual([]);
  });

  it('S54: names nobody: no address, password or token stands in it', () => {
    const all = lines.join('');

    expect(all).not.toMatch(/@example\.com|@lethe\.local/);
    for (const secret of [PASSWORD, NEW_PASSWORD, ADMIN_PASSWORD, 'eyJ']) expect(all).not.toContain(secret);
  });
});
