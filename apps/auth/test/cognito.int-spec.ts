import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AdminAddUserToGroupCommand,
  AdminDisableUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Profile } from '@lethe/contracts';
import { type TestCognito, startTestCognito, testDatabase } from '@lethe/local-cloud';
import { parseConfig } from '@lethe/service-kit';
import { migrateConfigSchema } from '../src/auth.config.js';
import { prepare } from '../src/prepare.js';
import { ADMIN_EMAIL } from '../src/user/ensure-admin.js';
import { PASSWORD } from './auth-service.js';
import { type CognitoAuth, startCognitoAuth } from './cognito-service.js';

interface Problem {
  readonly type: string;
}

const WRONG = { status: 401, body: { type: 'urn:lethe:problem:wrong-credentials' } };
const NEW_PASSWORD = 'a quite different and lengthy phrase';

describe('auth on Cognito', () => {
  let cognito: TestCognito;
  let auth: CognitoAuth;
  let admin: CognitoIdentityProviderClient;
  beforeAll(async () => {
    cognito = await startTestCognito();
    auth = await startCognitoAuth(cognito.env);
    admin = new CognitoIdentityProviderClient({ region: 'us-east-1' });
  });
  afterAll(async () => {
    admin.destroy();
    await auth.stop();
    await cognito.stop();
  });

  const userOf = (Username: string) => ({ UserPoolId: cognito.env['COGNITO_USER_POOL_ID'], Username });

  /** A customer whose address is verified. */
  async function customer(): Promise<Profile> {
    const profile = await auth.register();
    const code = await cognito.codeFor(profile.email);
    expect((await auth.call('/auth/email/verify', { body: { email: profile.email, code } })).status).toBe(204);
    return profile;
  }

  it('registers, verifies the address, signs in, and knows who that is', async () => {
    const { email, ...profile } = await auth.register();
    const before = await auth.login(email);
    const code = await cognito.codeFor(email);

    const verified = await auth.call('/auth/email/verify', { body: { email, code } });
    const { status, body: tokens } = await auth.login(email.toUpperCase());

    expect(before).toMatchObject({ status: 403, body: { type: 'urn:lethe:problem:email-not-verified' } });
    expect(verified.status).toBe(204);
    expect(status).toBe(200);
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
    const me = await auth.call<Profile>('/auth/me', { token: tokens.accessToken });
    expect(me).toMatchObject({ status: 200, body: { ...profile, email, roles: ['customer'] } });
  });

  it('S26: answers alike for an unknown address, a wrong password and a disabled user', async () => {
    const { email } = await customer();
    const disabled = await customer();
    await admin.send(new AdminDisableUserCommand(userOf(disabled.id)));

    const answers = [
      await auth.login(email, 'not the right password'),
      await auth.login(`${randomUUID()}@example.com`),
      await auth.login(disabled.email),
    ];

    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 401, body: answers[0]?.body });
    expect(answers[0]).toMatchObject(WRONG);
  });

  it('S26: answers alike when a code is asked for, and when one is redeemed, for an address without a user', async () => {
    const { email } = await customer();
    const nobody = `${randomUUID()}@example.com`;
    const both = async (path: string, rest: object) =>
      Promise.all([email, nobody].map((address) => auth.call(path, { body: { email: address, ...rest } })));

    for (const path of ['/auth/password/forgot', '/auth/email/resend']) {
      const [known, unknown] = await both(path, {});
      expect([known?.status, unknown?.status, unknown?.body]).toEqual([202, 202, known?.body]);
    }
    const [known, unknown] = await both('/auth/password/reset', { code: '000000', newPassword: NEW_PASSWORD });
    expect(known).toMatchObject({ status: 400, body: { type: 'urn:lethe:problem:invalid-code' } });
    expect(unknown?.body).toEqual(known?.body);
  });

  it('S16: rotates refresh tokens: a used one is refused', async () => {
    const { email } = await customer();
    const { body: first } = await auth.login(email);

    const second = await auth.refresh(first.refreshToken);

    expect(second).toMatchObject({ status: 200, body: { tokenType: 'Bearer', expiresIn: 600 } });
    expect(await auth.refresh(first.refreshToken)).toMatchObject({
      status: 401,
      body: { type: 'urn:lethe:problem:invalid-refresh-token' },
    });
    expect((await auth.refresh(second.body.refreshToken)).status).toBe(200);
  });

  it('S20: revokes the refresh token at log-out, which tells nothing', async () => {
    const { email } = await customer();
    const { body: tokens } = await auth.login(email);

    const ended = await auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } });
    const again = await auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken } });

    expect([ended.status, again.status]).toEqual([204, 204]);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
  });

  it('S20: ends the access token at once where it comes along, for routes that ask for a live sign-in', async () => {
    const { email } = await customer();
    const { body: tokens } = await auth.login(email);
    const { body: others } = await auth.login(email);
    const wrong = { currentPassword: 'not the password at all', newPassword: NEW_PASSWORD };

    await auth.call('/auth/logout', { body: { refreshToken: tokens.refreshToken }, token: tokens.accessToken });
    await auth.call('/auth/logout', { body: { refreshToken: others.refreshToken }, token: 'not-a-token' });

    expect((await auth.call('/auth/password', { body: wrong, token: tokens.accessToken })).status).toBe(401);
    expect((await auth.call('/auth/password', { body: wrong, token: others.accessToken })).status).toBe(403);
  });

  it('S42: takes groups as roles, and the next token has them', async () => {
    const { id, email } = await customer();
    await admin.send(new AdminAddUserToGroupCommand({ ...userOf(id), GroupName: 'analyst' }));

    const { body: tokens } = await auth.login(email);

    const { body } = await auth.call<Profile>('/auth/me', { token: tokens.accessToken });
    expect(body.roles).toEqual(['analyst']);
    const claims = JSON.parse(Buffer.from(tokens.accessToken.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ 'cognito:groups': ['analyst'], token_use: 'access' });
  });

  it('S20 S28: sets a new password for a mailed code, once, and ends every sign-in', async () => {
    const { email } = await customer();
    const { body: tokens } = await auth.login(email);
    await auth.call('/auth/password/forgot', { body: { email } });
    const reset = { email, code: await cognito.codeFor(email), newPassword: NEW_PASSWORD };

    expect((await auth.call('/auth/password/reset', { body: reset })).status).toBe(204);

    expect(await auth.login(email)).toMatchObject(WRONG);
    expect((await auth.login(email, NEW_PASSWORD)).status).toBe(200);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
    expect((await auth.call('/auth/password/reset', { body: reset })).status).toBe(400);
  });

  it('S20 S30: gives the pool its groups and its admin once, and a new password ends the admin’s sign-ins', async () => {
    const database = await testDatabase();
    const migrate = parseConfig(migrateConfigSchema, {
      ...cognito.env,
      AWS_REGION: 'us-east-1',
      IDENTITY_PROVIDER: 'cognito',
      DATABASE_URL: database.url,
      AUTH_KEY_SECRET: randomBytes(32).toString('base64'),
    });
    const prepared = async (LETHE_ADMIN_PASSWORD: string) =>
      (await prepare({ ...migrate, LETHE_ADMIN_PASSWORD, cognito: migrate })).admin;

    const answers = [await prepared(PASSWORD), await prepared(PASSWORD)];
    const { body: before } = await auth.login(ADMIN_EMAIL);
    answers.push(await prepared(NEW_PASSWORD));

    expect(answers).toEqual(['created', 'unchanged', 'changed']);
    expect((await auth.refresh(before.refreshToken)).status).toBe(401);
    expect(await auth.login(ADMIN_EMAIL)).toMatchObject(WRONG);
    const { body: after } = await auth.login(ADMIN_EMAIL, NEW_PASSWORD);
    const me = await auth.call<Profile>('/auth/me', { token: after.accessToken });
    expect(me.body.roles).toContain('admin');
    await database.drop();
  });

  it('S20 S29: changes a password for who knows the present one, and ends every sign-in', async () => {
    const { email } = await customer();
    const { body: tokens } = await auth.login(email);
    const change = (currentPassword: string) =>
      auth.call<Problem>('/auth/password', {
        token: tokens.accessToken,
        body: { currentPassword, newPassword: NEW_PASSWORD },
      });

    const wrong = await change('not the right password');
    const right = await change(PASSWORD);

    expect(wrong).toMatchObject({ status: 403, body: { type: 'urn:lethe:problem:wrong-password' } });
    expect(right.status).toBe(204);
    expect((await auth.refresh(tokens.refreshToken)).status).toBe(401);
    expect((await auth.login(email, NEW_PASSWORD)).status).toBe(200);
  });

  it('S24: applies the block-list of the store whatever the pool would take', async () => {
    const body = { email: `${randomUUID()}@example.com`, password: 'passwordpassword', name: 'Ada' };

    expect(await auth.call('/auth/register', { body })).toMatchObject({
      status: 400,
      body: { type: 'urn:lethe:problem:predictable-password' },
    });
  });

  it('says which address is taken, as the own issuer does', async () => {
    const { email } = await customer();

    expect(await auth.call('/auth/register', { body: { email, password: PASSWORD, name: 'Eve' } })).toMatchObject({
      status: 409,
      body: { type: 'urn:lethe:problem:email-taken' },
    });
  });

  it('S06: takes no ID token, though the pool signed it', async () => {
    const { email } = await customer();
    const { body: tokens } = await auth.login(email);
    const parts = tokens.accessToken.split('.');
    const claims = { ...(JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString()) as object), token_use: 'id' };
    const forged = [parts[0], Buffer.from(JSON.stringify(claims)).toString('base64url'), parts[2]].join('.');

    expect((await auth.call('/auth/me', { token: forged })).status).toBe(401);
  });

  it('answers 501 for what a user pool has no counterpart of', async () => {
    const { email } = await customer();
    const { body: tokens } = await auth.login(email);
    const token = tokens.accessToken;

    const answers = [
      await auth.call('/auth/sessions', { token }),
      await auth.call('/auth/totp', { token, body: { currentPassword: PASSWORD } }),
      await auth.call('/auth/email', { token, body: { email: 'new@example.com', currentPassword: PASSWORD } }),
    ];

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 501, body: { type: 'urn:lethe:problem:not-offered' } });
    }
  });

  it('R37: keeps accepting tokens while Cognito is down, and answers 503 where it is needed', async () => {
    const own = await startTestCognito();
    const elsewhere = await startCognitoAuth(own.env);
    const { email } = await elsewhere.register();
    const body = { email, code: await own.codeFor(email) };
    await elsewhere.call('/auth/email/verify', { body });
    const { body: tokens } = await elsewhere.login(email);
    await elsewhere.call('/auth/me', { token: tokens.accessToken });

    await own.stop();

    const sessions = await elsewhere.call('/auth/sessions', { token: tokens.accessToken });
    const down = { status: 503, body: { type: 'urn:lethe:problem:identity-provider-unavailable' } };
    expect(sessions.status).toBe(501);
    expect(await elsewhere.login(email)).toMatchObject(down);
    expect(await elsewhere.refresh(tokens.refreshToken)).toMatchObject(down);
    await elsewhere.stop();
    process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] = cognito.env['COGNITO_ENDPOINT'];
  });
});
