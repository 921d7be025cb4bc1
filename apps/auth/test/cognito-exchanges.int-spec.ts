import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { FakeClock } from '@lethe/testing';
import { SecondFactorRequiredError, WrongCredentialsError } from '../src/auth.errors.js';
import { CognitoPool } from '../src/cognito/cognito-pool.js';
import { CognitoSignIn } from '../src/cognito/cognito-sign-in.js';
import { SrpClient } from '../src/cognito/srp.js';
import { PASSWORD } from './auth-service.js';
import { type CognitoAuth, startCognitoAuth } from './cognito-service.js';
import { RecordedCognito } from './recorded-cognito.js';

const USER_POOL_ID = 'eu-west-1_Recorded1';
const username = 'ada@example.com';

/** What cognito-local lacks: Secure Remote Password, global sign-out, reuse of a rotated refresh token. */
describe('recorded exchanges with Cognito', () => {
  const recorded = new RecordedCognito();
  let pool: CognitoPool;
  let auth: CognitoAuth;
  beforeAll(async () => {
    const endpoint = await recorded.start();
    const client = new CognitoIdentityProviderClient({ region: 'eu-west-1', endpoint, maxAttempts: 1 });
    const clientId = 'recordedclient';
    pool = new CognitoPool({ client, userPoolId: USER_POOL_ID, clientId, clientSecret: undefined, authFlow: 'srp' });
    auth = await startCognitoAuth({
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
      COGNITO_ENDPOINT: endpoint,
      COGNITO_USER_POOL_ID: USER_POOL_ID,
      COGNITO_CLIENT_ID: clientId,
    });
  });
  afterAll(async () => {
    await auth.stop();
    pool.close();
    recorded.stop();
  });
  beforeEach(() => {
    recorded.unexpected.length = 0;
  });

  // The client's secret of the recording, and its time.
  const newSrpClient = () => new SrpClient(createHash('sha256').update('client').digest());
  const signIn = (password: string, code?: string) =>
    new CognitoSignIn(pool, new FakeClock('2026-01-05T07:08:09Z'), newSrpClient).signIn({ username, password, code });

  it('signs in by Secure Remote Password: the password is proved, and not sent', async () => {
    recorded.play('srp-sign-in');

    const { RefreshToken, ExpiresIn } = await signIn(PASSWORD);

    expect({ RefreshToken, ExpiresIn }).toEqual({ RefreshToken: 'recorded-refresh-token-1', ExpiresIn: 600 });
    expect([recorded.left, recorded.unexpected]).toEqual([0, []]);
  });

  it('proves nothing with another password', async () => {
    recorded.play('srp-sign-in');
    await expect(signIn('another long passphrase')).rejects.toThrow('Service unavailable');
    expect(recorded.unexpected[0]).toMatch(/^RespondToAuthChallenge /);
    expect(recorded.unexpected[0]).not.toContain('another long passphrase');

    recorded.play('srp-wrong-password');
    await expect(signIn('another long passphrase')).rejects.toBeInstanceOf(WrongCredentialsError);
  });

  it('asks for the second factor after the right password, and takes its code', async () => {
    recorded.play('srp-second-factor');
    await expect(signIn(PASSWORD)).rejects.toBeInstanceOf(SecondFactorRequiredError);

    recorded.play('srp-second-factor');
    await expect(signIn(PASSWORD, '123456')).resolves.toMatchObject({ TokenType: 'Bearer' });

    expect([recorded.left, recorded.unexpected]).toEqual([0, []]);
  });

  it('S16: takes the new refresh token, and refuses one that Cognito has seen before', async () => {
    recorded.play('refresh-rotation');

    const first = await auth.refresh('recorded-refresh-token-1');
    const again = await auth.refresh('recorded-refresh-token-1');

    expect(first).toMatchObject({ status: 200, body: { refreshToken: 'recorded-refresh-token-2' } });
    expect(again).toMatchObject({ status: 401, body: { type: 'urn:lethe:problem:invalid-refresh-token' } });
    expect(recorded.unexpected).toEqual([]);
  });

  it('S20: signs out everywhere when a password was reset', async () => {
    recorded.play('reset-and-global-sign-out');

    const reset = { email: username, code: '123456', newPassword: 'a quite different and lengthy phrase' };

    expect((await auth.call('/auth/password/reset', { body: reset })).status).toBe(204);
    expect([recorded.left, recorded.unexpected]).toEqual([0, []]);
  });
});
