import { systemClock } from '@lethe/kernel';
import { type DynamicModule, Module, type OnModuleDestroy } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { type AuthConfig } from '../auth.config.js';
import { UsersController } from '../admin/users.controller.js';
import { AuthLimits } from '../auth.limits.js';
import { EmailController } from '../email/email.controller.js';
import { PasswordController } from '../password/password.controller.js';
import { TotpController } from '../second-factor/totp.controller.js';
import { AuthController } from '../session/auth.controller.js';
import { LoginThrottle } from '../session/login-throttle.js';
import { SessionsController } from '../own-sessions/sessions.controller.js';
import { passwordRulesProvider } from '../user/account.parts.js';
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
import { openPool } from './open-pool.js';

/** The same routes and commands as the own issuer's, with a user pool of Amazon Cognito behind them. */
@Module({})
export class CognitoModule implements OnModuleDestroy {
  constructor(private readonly pool: CognitoPool) {}

  static forRoot(config: AuthConfig): DynamicModule {
    return {
      module: CognitoModule,
      controllers: [
        AuthController,
        EmailController,
        PasswordController,
        SessionsController,
        TotpController,
        UsersController,
      ],
      providers: [
        { provide: CognitoPool, useFactory: () => openPool(config) },
        {
          provide: CognitoSignIn,
          inject: [CognitoPool],
          useFactory: (pool: CognitoPool) => new CognitoSignIn(pool, systemClock),
        },
        { provide: AuthLimits, useValue: new AuthLimits(config) },
        { provide: APP_INTERCEPTOR, useClass: NotOfferedInterceptor },
        passwordRulesProvider(config),
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
