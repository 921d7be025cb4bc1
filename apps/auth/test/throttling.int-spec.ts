import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';

const WRONG = 'not the right password';

describe('failed sign-ins', () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth(2, {
      LOGIN_FAILURES_PER_ACCOUNT: '3',
      LOGIN_FAILURES_PER_IP: '8',
      REGISTRATIONS_PER_IP: '5',
    });
  });
  afterAll(() => auth.stop());

  const times = <T>(count: number, call: () => Promise<T>) => Promise.all(Array.from({ length: count }, call));

  it('S27: are bounded per account over all replicas, with Retry-After, and the right password waits too', async () => {
    const { email } = await auth.customer();
    for (const _ of [1, 2, 3]) expect((await auth.login(email, WRONG)).status).toBe(401);

    const refused = await auth.login(email, PASSWORD, '203.0.113.9');

    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(300);
  });

  it('S27: are bounded per address, whatever the accounts', async () => {
    const ip = '198.51.100.7';
    for (let index = 0; index < 8; index += 1) await auth.login(`nobody-${index}@example.com`, WRONG, ip);

    const { email } = await auth.customer();

    expect((await auth.login(email, PASSWORD, ip)).status).toBe(429);
    expect((await auth.login(email, PASSWORD, '198.51.100.8')).status).toBe(200);
  });

  it('S27: cannot get past the limit by coming at once', async () => {
    const { email } = await auth.customer();

    const answers = await times(12, () => auth.login(email, WRONG, '203.0.113.77'));

    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(3);
    expect((await auth.login(email)).status).toBe(429);
  });

  it('do not count those that succeed', async () => {
    const { email } = await auth.customer();

    const answers = await times(12, () => auth.login(email, PASSWORD, '203.0.113.50'));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
  });

  it('S26: answer alike for an unknown account and a wrong password', async () => {
    const { email } = await auth.customer();
    const [known, unknown] = [
      await auth.login(email, WRONG, '203.0.113.60'),
      await auth.login('nobody@example.com', WRONG, '203.0.113.60'),
    ];

    expect(known.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(known.body).toEqual(unknown.body);
  });

  it('S51: registrations are bounded per address', async () => {
    const register = (email: string) =>
      auth.call('/auth/register', { body: { email, password: PASSWORD, name: 'N' }, ip: '192.0.2.1' });
    for (const index of [1, 2, 3, 4, 5]) expect((await register(`r${index}@example.com`)).status).toBe(201);

    expect((await register('r6@example.com')).status).toBe(429);
  });
});
