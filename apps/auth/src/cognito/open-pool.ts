import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoOf } from '@lethe/service-kit';
import { type AuthConfig } from '../auth.config.js';
import { CognitoPool } from './cognito-pool.js';

/** Milliseconds to connect to Cognito, and for its answer (R04): a migration trigger may take 5 s of the latter. */
const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 8_000;
/** Attempts of one operation, the first included (R05). */
const MAX_ATTEMPTS = 2;

/** The pool that the environment names. Throws a ConfigError where it names none. */
export function openPool(
  config: Pick<
    AuthConfig,
    'AWS_REGION' | 'COGNITO_USER_POOL_ID' | 'COGNITO_CLIENT_ID' | 'COGNITO_CLIENT_SECRET' | 'COGNITO_AUTH_FLOW'
  >,
): CognitoPool {
  const { userPoolId, clientIds } = cognitoOf(config);
  const client = new CognitoIdentityProviderClient({
    region: config.AWS_REGION,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return new CognitoPool({
    client,
    userPoolId,
    clientId: clientIds[0] ?? '',
    clientSecret: config.COGNITO_CLIENT_SECRET,
    authFlow: config.COGNITO_AUTH_FLOW,
  });
}
