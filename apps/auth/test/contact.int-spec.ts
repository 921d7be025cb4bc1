import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Contact } from '@lethe/contracts';
import { ServiceTokens, makeServiceKey } from '@lethe/identity';
import { type TestCognito, startTestCognito } from '@lethe/local-cloud';
import { type Answer, type AuthService, PASSWORD, startAuth } from './auth-service.js';
import { type CognitoAuth, startCognitoAuth } from './cognito-service.js';

const keys = { functions: makeServiceKey('functions'), orders: makeServiceKey('orders') };
const SERVICE_KEYS = JSON.stringify({ keys: Object.values(keys).map(({ publicJwk }) => publicJwk) });

const tokenOf = (service: keyof typeof keys) =>
  new ServiceTokens({ service, key: JSON.stringify(keys[service].privateJwk) }).tokenFor('auth');

/** Asks how a user is reached. */
const ask = (auth: Pick<AuthService, 'call'>, id: string, token = tokenOf('functions')): Promise<Answer<Contact>> =>
  auth.call(`/auth/internal/contacts/${id}`, { token });

describe("a user's address", () => {
  let auth: AuthService;
  beforeAll(async () => {
    auth = await startAuth(1, { SERVICE_KEYS });
  });
  afterAll(() => auth.stop());

  it('is told to the functions that mail, and nothing else of the account', async () => {
    const { id, email, name } = await auth.customer();

    expect(await ask(auth, id)).toMatchObject({ status: 200, body: { email, name } });
    expect(Object.keys((await ask(auth, id)).body).toSorted()).toEqual(['email', 'name']);
  });

  it('S37 S40: is told to no other service, and to no user, not even its own', async () => {
    const { id, email } = await auth.customer();
    const { body } = await auth.login(email);

    expect((await ask(auth, id, tokenOf('orders'))).status).toBe(403);
    expect((await ask(auth, id, body.accessToken)).status).toBe(401);
  });

  it('S21: is not there for an account that is gone', async () => {
    expect((await ask(auth, randomUUID())).status).toBe(404);
  });
});

describe("a user's address in a user pool", () => {
  let cognito: TestCognito;
  let auth: CognitoAuth;
  beforeAll(async () => {
    cognito = await startTestCognito();
    auth = await startCognitoAuth({ ...cognito.env, SERVICE_KEYS });
  });
  afterAll(async () => {
    await auth.stop();
    await cognito.stop();
  });

  it('is told to the functions too', async () => {
    const { email } = await auth.register();
    await auth.call('/auth/email/verify', { body: { email, code: await cognito.codeFor(email) } });
    const signedIn = await auth.call<{ accessToken: string }>('/auth/login', { body: { email, password: PASSWORD } });
    const { body: me } = await auth.call<{ id: string }>('/auth/me', { token: signedIn.body.accessToken });

    expect(await ask(auth, me.id)).toMatchObject({ status: 200, body: { email } });
    expect((await ask(auth, randomUUID())).status).toBe(404);
  });
});
