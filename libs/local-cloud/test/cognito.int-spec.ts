import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestCognito, startTestCognito } from '../src/cloud/test-cognito.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('the embedded Cognito', () => {
  let cognito: TestCognito;
  beforeAll(async () => {
    cognito = await startTestCognito();
  });
  afterAll(() => cognito.stop());

  const client = () => ({ ClientId: cognito.env['COGNITO_CLIENT_ID'] });
  const pool = () => ({ UserPoolId: cognito.env['COGNITO_USER_POOL_ID'] });
  async function call(operation: string, request: object): Promise<Answer> {
    const response = await fetch(cognito.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(request),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const signIn = (USERNAME: string, PASSWORD: string) =>
    call('InitiateAuth', { ...client(), AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME, PASSWORD } });
  async function user(name: string): Promise<string> {
    const Username = `${name}@example.com`;
    await call('SignUp', { ...client(), Username, Password: 'a password' });
    await call('ConfirmSignUp', { ...client(), Username, ConfirmationCode: await cognito.codeFor(Username) });
    return Username;
  }
  async function refreshToken(email: string): Promise<string> {
    const { body } = await signIn(email, 'a password');
    return (body['AuthenticationResult'] as { RefreshToken: string }).RefreshToken;
  }
  const refresh = (RefreshToken: string) => call('GetTokensFromRefreshToken', { ...client(), RefreshToken });
  const refused = { status: 400, body: expect.objectContaining({ __type: 'NotAuthorizedException' }) };

  it('serves a pool whose issuer is where its keys are', async () => {
    const response = await fetch(
      `${cognito.env['COGNITO_ENDPOINT']}/${cognito.env['COGNITO_USER_POOL_ID']}/.well-known/jwks.json`,
    );

    expect(await response.json()).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256', use: 'sig' }] });
  });

  it('refuses a wrong password, an unknown user and a disabled one alike, as Cognito does', async () => {
    const Username = await user('disabled');

    const wrong = await signIn(Username, 'another password');
    const unknown = await signIn('nobody@example.com', 'a password');
    await call('AdminDisableUser', { ...pool(), Username });

    expect(wrong).toEqual(refused);
    expect(unknown).toEqual(wrong);
    expect(await signIn(Username, 'a password')).toEqual(refused);
  });

  it('rotates refresh tokens: a used one is no good any more', async () => {
    const first = await refreshToken(await user('refreshing'));

    const next = await refresh(first);

    expect(next).toMatchObject({
      status: 200,
      body: { AuthenticationResult: { TokenType: 'Bearer', ExpiresIn: 600 } },
    });
    expect(await refresh(first)).toEqual(refused);
    expect((await refresh((next.body['AuthenticationResult'] as { RefreshToken: string }).RefreshToken)).status).toBe(
      200,
    );
  });

  it('signs a user out everywhere', async () => {
    const Username = await user('leaving');
    const tokens = [await refreshToken(Username), await refreshToken(Username)];

    await call('AdminUserGlobalSignOut', { ...pool(), Username });

    for (const token of tokens) expect(await refresh(token)).toEqual(refused);
  });

  it('says of an unknown user what it says of a known one', async () => {
    const forgot = await call('ForgotPassword', { ...client(), Username: 'nobody@example.com' });
    const resent = await call('ResendConfirmationCode', { ...client(), Username: 'nobody@example.com' });

    expect(forgot).toMatchObject({ status: 200, body: { CodeDeliveryDetails: { DeliveryMedium: 'EMAIL' } } });
    expect(resent).toEqual(forgot);
  });

  it('has no Secure Remote Password', async () => {
    const { status, body } = await call('InitiateAuth', { ...client(), AuthFlow: 'USER_SRP_AUTH', AuthParameters: {} });

    expect([status, body['__type']]).toEqual([500, 'CognitoLocal#Unsupported']);
  });
});
