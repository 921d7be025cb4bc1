import { randomUUID } from 'node:crypto';
import { AwsClients } from '@lethe/aws';
import { Database } from '@lethe/database';
import { UnitOfWork } from '@lethe/outbox';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PasswordHasher } from '../src/user/password-hasher.js';
import { visible } from './answers.js';
import { type AuthService, startAuth } from './auth-service.js';
import { rankDistance } from './rank-test.js';

const WRONG = 'not the right password';
const SAMPLES = 24;

/** Statements that replicas make of their own accord. */
const BACKGROUND = /^(outbox|inbox|relay|signing-key|key-rotation|saga)/;

/** Each way to ask whether there is an account, without being signed in. */
const QUESTIONS: readonly [string, string, (email: string) => object, number][] = [
  ['sign-in', '/auth/login', (email) => ({ email, password: WRONG }), 401],
  ['a forgotten password', '/auth/password/forgot', (email) => ({ email }), 202],
  [
    'a reset with a made-up code',
    '/auth/password/reset',
    (email) => ({ email, code: 'AAAAA-AAAAA', newPassword: 'entirely another long passphrase' }),
    400,
  ],
  ['a verification with a made-up code', '/auth/email/verify', (email) => ({ email, code: 'AAAAA-AAAAA' }), 400],
  ['another verification mail', '/auth/email/resend', (email) => ({ email }), 202],
];

describe('user enumeration', () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth(1, {
      LOGIN_FAILURES_PER_ACCOUNT: '3',
      LOGIN_FAILURES_PER_IP: '1000',
      CODES_PER_IP: '1000',
    });
    // The first check of a password makes the decoy.
    await auth.login(stranger(), WRONG);
  });
  afterAll(() => auth.stop());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const stranger = (): string => `${randomUUID()}@example.com`;
  const ask = (path: string, body: object) => auth.call(path, { body, ip: '203.0.113.60' });

  /**
   * What the service did for one request: statements of Postgres, units of work (the relay has transactions of its own),
   * calls of DynamoDB, passwords checked and hashed.
   */
  async function workOf(work: () => Promise<unknown>): Promise<unknown> {
    const [app] = auth.replicas;
    if (!app) throw new RangeError('no replica');
    const [clients, database] = [app.get(AwsClients), app.get(Database)];
    const hasher = app.get(PasswordHasher, { strict: false });
    const query = jest.spyOn(database, 'query');
    const rest = [jest.spyOn(app.get(UnitOfWork), 'run'), jest.spyOn(hasher, 'check'), jest.spyOn(hasher, 'hash')];
    const before = clients.calls.snapshot();
    await work();
    const calls = Object.entries(clients.calls.snapshot())
      .filter(([name]) => name.startsWith('dynamodb.'))
      .map(([name, { operations }]) => [name, operations - (before[name]?.operations ?? 0)]);
    const statements = query.mock.calls.map(([{ name }]) => name).filter((name) => !BACKGROUND.test(name));
    const times = rest.map((spy) => spy.mock.calls.length);
    jest.restoreAllMocks();
    return { calls, statements, times };
  }

  it.each(QUESTIONS)('S26: by %s sees the same status, headers and body', async (_, path, body, status) => {
    const { email } = await auth.customer();

    const [known, unknown] = [await ask(path, body(email)), await ask(path, body(stranger()))];

    expect(known.status).toBe(status);
    expect(visible(known)).toEqual(visible(unknown));
  });

  it.each(QUESTIONS)('S26: by %s makes the service do the same work', async (_, path, body) => {
    const { email } = await auth.customer();

    const known = await workOf(() => ask(path, body(email)));

    expect(await workOf(() => ask(path, body(stranger())))).toEqual(known);
  });

  it('S26 S27: by failing too often sees the same refusal', async () => {
    const { email } = await auth.customer();
    const exhausted = async (who: string) => {
      for (let index = 0; index < 3; index += 1) await auth.login(who, WRONG);
      const { headers, ...answer } = await auth.login(who, WRONG);
      // Seconds may have passed since the first failure.
      const kept = [...headers].filter(([name]) => name !== 'retry-after' && name !== 'ratelimit');
      return visible({ ...answer, headers: new Headers(kept) });
    };

    const known = await exhausted(email);

    expect(known).toMatchObject({ status: 429 });
    expect(await exhausted(stranger())).toEqual(known);
  });

  it.each(QUESTIONS.slice(0, 2))('S26: by the time of %s finds no difference', async (_, path, body) => {
    const known: number[] = [];
    const unknown: number[] = [];
    const emails = await Promise.all(Array.from({ length: SAMPLES }, async () => (await auth.customer()).email));
    const timed = async (samples: number[], email: string) => {
      const start = performance.now();
      await ask(path, body(email));
      samples.push(performance.now() - start);
    };

    // In pairs, each side first as often as the other, so that whatever else the machine does falls on both.
    for (const [index, email] of emails.entries()) {
      const pair = [() => timed(known, email), () => timed(unknown, stranger())];
      for (const attempt of index % 2 === 0 ? pair : pair.toReversed()) await attempt();
    }

    expect(Math.abs(rankDistance(known, unknown))).toBeLessThan(4);
  });
});
