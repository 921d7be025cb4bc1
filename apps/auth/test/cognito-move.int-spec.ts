import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MovingAccount } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { ServiceTokens, makeServiceKey } from '@lethe/identity';
import { type TestCognito, startTestCognito } from '@lethe/local-cloud';
import { KeySeal } from '../src/signing/key-seal.js';
import { OwnUsers } from '../src/transfer/own-users.js';
import { type TransferredUser } from '../src/transfer/transferred-user.js';
import { hashPassword } from '../src/user/password-hash.js';
import { type Answer, PASSWORD } from './auth-service.js';
import { type CognitoAuth, startCognitoAuth } from './cognito-service.js';

const FACTOR = statement(
  'test.move-factor',
  'INSERT INTO second_factor (account_id, sealed_secret, confirmed_at) VALUES ($1, $2, now())',
);
const REFUSED = { status: 401, body: { type: 'urn:lethe:problem:wrong-credentials' } };

describe('accounts that move to a user pool', () => {
  const [functions, orders] = [makeServiceKey('functions'), makeServiceKey('orders')];
  let cognito: TestCognito;
  let auth: CognitoAuth;
  let hash: string;
  beforeAll(async () => {
    cognito = await startTestCognito();
    const SERVICE_KEYS = JSON.stringify({ keys: [functions.publicJwk, orders.publicJwk] });
    auth = await startCognitoAuth({ ...cognito.env, SERVICE_KEYS, LOGIN_FAILURES_PER_ACCOUNT: '3' });
    hash = await hashPassword(PASSWORD);
  });
  afterAll(async () => {
    await auth.stop();
    await cognito.stop();
  });

  /** An account that auth still has. */
  async function account(changes: Partial<TransferredUser> = {}): Promise<TransferredUser> {
    const user: TransferredUser = {
      id: randomUUID(),
      email: `${randomUUID()}@example.com`,
      name: 'Ada',
      roles: ['customer'],
      emailVerified: true,
      disabled: false,
      createdAt: new Date().toISOString(),
      passwordHash: hash,
      ...changes,
    };
    await new OwnUsers(auth.database).add(user, false);
    return user;
  }
  const tokenOf = (service: 'functions' | 'orders', audience = 'auth') => {
    const { privateJwk } = service === 'functions' ? functions : orders;
    return new ServiceTokens({ service, key: JSON.stringify(privateJwk) }).tokenFor(audience);
  };
  const ask = (
    what: 'authenticate' | 'find',
    body: object,
    token = tokenOf('functions'),
  ): Promise<Answer<MovingAccount>> => auth.call(`/auth/internal/accounts/${what}`, { body, token });

  it('are shown to the migration trigger for their password, and no hash with them', async () => {
    const { id, email } = await account();

    const { status, body } = await ask('authenticate', { email: email.toUpperCase(), password: PASSWORD });

    expect(status).toBe(200);
    expect(body).toEqual({ id, email, name: 'Ada', emailVerified: true });
    expect((await ask('find', { email })).body).toEqual(body);
  });

  it('S37 S40: are shown to no one else: no other service, no user, nobody without a token', async () => {
    const { email } = await account();
    const body = { email, password: PASSWORD };

    expect((await ask('authenticate', body, tokenOf('orders'))).status).toBe(403);
    expect((await ask('authenticate', body, tokenOf('functions', 'orders'))).status).toBe(401);
    expect((await auth.call('/auth/internal/accounts/find', { body: { email } })).status).toBe(401);
    const user = await auth.register();
    await auth.call('/auth/email/verify', { body: { email: user.email, code: await cognito.codeFor(user.email) } });
    const { accessToken } = (await auth.login(user.email)).body;
    expect((await ask('find', { email }, accessToken)).status).toBe(401);
    expect((await auth.call('/auth/me', { token: tokenOf('functions') })).status).toBe(401);
  });

  it('S26 S42: do not move with a role, a second factor, disabled, or by a wrong password, and nothing tells why', async () => {
    const secured = await account();
    const sealed = new KeySeal(randomBytes(32).toString('base64')).seal(secured.id, 'secret');
    await auth.database.query(FACTOR, [secured.id, sealed]);
    const stay = [await account({ roles: ['admin'] }), secured, await account({ disabled: true })];

    const answers = await Promise.all(stay.map(({ email }) => ask('authenticate', { email, password: PASSWORD })));
    const wrong = await ask('authenticate', { email: (await account()).email, password: 'another passphrase' });
    const unknown = await ask('authenticate', { email: 'nobody@example.com', password: PASSWORD });

    for (const { status, body } of [...answers, wrong, unknown]) expect({ status, body }).toMatchObject(REFUSED);
    expect(new Set([...answers, wrong, unknown].map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('S27: are guessed at no more often than sign-ins are, whatever door of the pool the guesses come by', async () => {
    const { email } = await account();
    const guess = (password: string) => ask('authenticate', { email, password });

    for (const password of ['one', 'two', 'three']) expect((await guess(password)).status).toBe(401);

    expect((await guess(PASSWORD)).status).toBe(429);
  });
});
