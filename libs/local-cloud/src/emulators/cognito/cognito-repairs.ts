import {
  type CognitoParts,
  type Context,
  type Pool,
  type PoolUser,
  type Route,
  type Services,
} from './cognito-parts.js';

/** The answers of an app client with PreventUserExistenceErrors, as AWS words them. */
const WRONG = 'Incorrect username or password.';

type Target = (services: Services, parts: CognitoParts, original: Route) => Route;

/**
 * What cognito-local 5.3.0 answers otherwise than Cognito does, and four operations that it lacks. Secure Remote Password
 * is not among them: whoever needs it tests with recorded exchanges.
 */
const REPAIRS: Readonly<Record<string, Target>> = {
  // Cognito: NotAuthorizedException for a wrong password (not InvalidPasswordException), and for a disabled user.
  InitiateAuth:
    ({ cognito }, { CognitoError }, original) =>
    async (context, request) => {
      const user = await userOf(cognito, context, request, record(request['AuthParameters'])['USERNAME']);
      if (user?.Enabled === false) throw new CognitoError('NotAuthorizedException', 'User is disabled.');
      // cognito-local asks for a new password before it looks at the present one.
      const temporary = user?.UserStatus === 'FORCE_CHANGE_PASSWORD' && request['AuthFlow'] === 'USER_PASSWORD_AUTH';
      if (temporary && user.Password !== record(request['AuthParameters'])['PASSWORD']) {
        throw new CognitoError('NotAuthorizedException', WRONG);
      }
      try {
        return await original(context, request);
      } catch (error) {
        const code = codeOf(error);
        if (code !== 'InvalidPasswordException' && code !== 'NotAuthorizedException') throw error;
        throw new CognitoError('NotAuthorizedException', WRONG);
      }
    },
  // Cognito answers for an unknown user as for a known one, and resets no temporary password.
  ForgotPassword:
    ({ cognito }, { CognitoError }, original) =>
    async (context, request) => {
      const user = await userOf(cognito, context, request, request['Username']);
      if (user?.UserStatus === 'FORCE_CHANGE_PASSWORD') {
        throw new CognitoError('NotAuthorizedException', 'User password cannot be reset in the current state.');
      }
      try {
        return await original(context, request);
      } catch (error) {
        if (codeOf(error) !== 'UserNotFoundException') throw error;
        return { CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: 'u***@e***' } };
      }
    },
  ChangePassword:
    (_services, { CognitoError }, original) =>
    async (context, request) => {
      try {
        return await original(context, request);
      } catch (error) {
        if (codeOf(error) !== 'InvalidPasswordException') throw error;
        throw new CognitoError('NotAuthorizedException', WRONG);
      }
    },
  // Refresh token rotation without a grace period: the token sent is no good any more.
  GetTokensFromRefreshToken:
    ({ cognito, tokenGenerator }, { CognitoError }) =>
    async (context, request) => {
      const clientId = String(request['ClientId']);
      const used = String(request['RefreshToken']);
      const pool = await cognito.getUserPoolForClientId(context, clientId);
      const client = await cognito.getAppClient(context, clientId);
      const user = await pool.getUserByRefreshToken(context, used);
      if (!user || !client) throw new CognitoError('NotAuthorizedException', 'Invalid Refresh Token');
      if (!user.Enabled) throw new CognitoError('NotAuthorizedException', 'User is disabled.');
      const groups = await pool.listUserGroupMembership(context, user);
      const tokens = await tokenGenerator.generate(context, user, groups, client, undefined, 'RefreshTokens');
      const others = (user.RefreshTokens ?? []).filter((token) => token !== used);
      await pool.saveUser(context, { ...user, RefreshTokens: [...others, tokens.RefreshToken] });
      return { AuthenticationResult: { ...tokens, TokenType: 'Bearer', ExpiresIn: lifetime(tokens.AccessToken) } };
    },
  ResendConfirmationCode:
    ({ cognito, messages, otp }) =>
    async (context, request) => {
      const clientId = String(request['ClientId']);
      const pool = await cognito.getUserPoolForClientId(context, clientId);
      const user = await pool.getUserByUsername(context, String(request['Username']));
      const details = { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: emailOf(user) };
      if (user?.UserStatus === 'UNCONFIRMED') {
        const code = otp();
        await messages.deliver(context, 'ResendCode', clientId, pool.options.Id, user, code, undefined, details);
        await pool.saveUser(context, { ...user, ConfirmationCode: code });
      }
      return { CodeDeliveryDetails: { ...details, Destination: 'u***@e***' } };
    },
  AdminUserGlobalSignOut:
    ({ cognito }) =>
    async (context, request) => {
      await signOut(await cognito.getUserPool(context, String(request['UserPoolId'])), context, request['Username']);
      return {};
    },
  GlobalSignOut:
    ({ cognito }, { jwt, CognitoError }) =>
    async (context, request) => {
      const claims = jwt.decode(String(request['AccessToken']));
      if (!claims) throw new CognitoError('NotAuthorizedException', 'Invalid Access Token');
      const pool = await cognito.getUserPoolForClientId(context, String(claims['client_id']));
      await signOut(pool, context, claims['username']);
      return {};
    },
};

/** The operation as Cognito has it. */
export function repaired(target: string, original: Route, services: Services, parts: CognitoParts): Route {
  return Object.hasOwn(REPAIRS, target) ? (REPAIRS[target]?.(services, parts, original) ?? original) : original;
}

async function signOut(pool: Pool, context: Context, username: unknown): Promise<void> {
  const user = await pool.getUserByUsername(context, String(username));
  if (user) await pool.saveUser(context, { ...user, RefreshTokens: [] });
}

async function userOf(
  cognito: Services['cognito'],
  context: Context,
  request: Record<string, unknown>,
  username: unknown,
): Promise<PoolUser | null> {
  if (typeof username !== 'string') return null;
  const pool = await cognito.getUserPoolForClientId(context, String(request['ClientId']));
  return pool.getUserByUsername(context, username);
}

function emailOf(user: PoolUser | null): string {
  return user?.Attributes.find(({ Name }) => Name === 'email')?.Value ?? '';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function codeOf(error: unknown): unknown {
  return record(error)['code'];
}

function lifetime(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    readonly exp: number;
    readonly iat: number;
  };
  return claims.exp - claims.iat;
}
