import { Duration } from 'aws-cdk-lib';
import {
  ClientAttributes,
  CfnUserPoolRiskConfigurationAttachment,
  type UserPool,
  UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

/** As with the own issuer: `ACCESS_TOKEN_SECONDS` and `SESSION_SECONDS` of auth, and its grace period (S11, S17, S18). */
export const TOKENS = { access: Duration.seconds(600), session: Duration.days(90), grace: Duration.seconds(10) };

/**
 * The one app client, auth's. It has a secret, so that nobody signs up or in past auth and its limits, and no pages of
 * Cognito's. Access tokens are for the routes of the store; with one a user changes neither who he is nor what he may.
 */
export function addAppClient(scope: Construct, pool: UserPool): UserPoolClient {
  const client = new UserPoolClient(scope, 'Auth', {
    userPool: pool,
    userPoolClientName: 'auth',
    generateSecret: true,
    // The password comes to auth inside TLS either way, and a migration trigger needs it.
    authFlows: { userPassword: true },
    disableOAuth: true,
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: TOKENS.access,
    idTokenValidity: TOKENS.access,
    refreshTokenValidity: TOKENS.session,
    refreshTokenRotationGracePeriod: TOKENS.grace,
    authSessionValidity: Duration.minutes(3),
    readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true, fullname: true }),
    // What SignUp sets. Not `custom:account_id`: whoever writes it is that user.
    writeAttributes: new ClientAttributes().withStandardAttributes({ email: true, fullname: true }),
  });
  addRisks(scope, pool, client);
  return client;
}

/**
 * Passwords that are known elsewhere are refused. Nothing is made of addresses: all requests come from auth's tasks, and
 * its own limits know the customers' (S27).
 */
function addRisks(scope: Construct, pool: UserPool, client: UserPoolClient): void {
  const nothing = { eventAction: 'NO_ACTION', notify: false };
  new CfnUserPoolRiskConfigurationAttachment(scope, 'Risks', {
    userPoolId: pool.userPoolId,
    clientId: client.userPoolClientId,
    compromisedCredentialsRiskConfiguration: {
      actions: { eventAction: 'BLOCK' },
      eventFilter: ['SIGN_UP', 'PASSWORD_CHANGE', 'SIGN_IN'],
    },
    accountTakeoverRiskConfiguration: {
      actions: { lowAction: nothing, mediumAction: nothing, highAction: nothing },
    },
  });
}
