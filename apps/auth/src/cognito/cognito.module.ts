import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { systemClock } from '@lethe/kernel';
import { cognitoOf } from '@lethe/service-kit';
import { type DynamicModule, Module, type OnModuleDestroy } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { type AuthConfig } from '../auth.config.js';
import { AuthLimits } from '../auth.limits.js';
import { EmailController } from '../email/email.controller.js';
import { PasswordController } from '../password/password.controller.js';
import { TotpController } from '../second-factor/totp.controller.js';
import { AuthController } from '../session/auth.controller.js';
import { LoginThrottle } from '../session/login-throttle.js';
import { SessionsController } from '../session/sessions.controller.js';
import { CognitoPool } from './cognito-pool.js';
import { CognitoSignIn } from './cognito-sign-in.js';
import { CognitoUsers } from './cognito-users.js';
import { ChangePasswordInCognito } from './handlers/change-password.cognito.js';
import { FindProfileInCognito } from './handlers/find-profile.cognito.js';
import { LogInToCognito } from './handlers/log-in.cognito.js';
import { LogOutOfCognito } from './handlers/log-out.cognito.js';
import { RefreshSessionInCognito } from './handlers/refresh-session.cognito.js';
import { RegisterUserInCognito } from './handlers/register-user.cognito.js';
import { RequestCodeInCognito } from './handlers/request-code.cognito.js';
import { ResetPasswordInCognito } from './handlers/reset-password.cognito.js';
import { VerifyEmailInCognito } from './handlers/verify-email.cognito.js';
import { NotOfferedInterceptor } from './not-offered.interceptor.js';

/** Milliseconds to connect to Cognito, and for its answer (R04): a migration trigger may take 5 s of the latter. */
const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 8_000;
/** Attempts of one operation, the first included (R05). */
const MAX_ATTEMPTS = 2;

/** The same routes and commands as the own issuer's, with a user pool of Amazon Cognito behind them. */
@Module({})
export class CognitoModule implements OnModuleDestroy {
  constructor(private readonly pool: CognitoPool) {}

  static forRoot(config: AuthConfig): DynamicModule {
    return {
      module: CognitoModule,
      controllers: [AuthController, EmailController, PasswordController, SessionsController, TotpController],
      providers: [
        { provide: CognitoPool, useFactory: () => openPool(config) },
        {
          provide: CognitoSignIn,
          inject: [CognitoPool],
          useFactory: (pool: CognitoPool) => new CognitoSignIn(pool, systemClock),
        },
        { provide: AuthLimits, useValue: new AuthLimits(config) },
        { provide: APP_INTERCEPTOR, useClass: NotOfferedInterceptor },
        CognitoUsers,
        LoginThrottle,
        RegisterUserInCognito,
        VerifyEmailInCognito,
        RequestCodeInCognito,
        ResetPasswordInCognito,
        ChangePasswordInCognito,
        LogInToCognito,
        RefreshSessionInCognito,
        LogOutOfCognito,
        FindProfileInCognito,
      ],
    };
  }

  onModuleDestroy(): void {
    this.pool.close();
  }
}

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
