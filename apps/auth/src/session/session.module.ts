import { systemClock } from '@lethe/kernel';
import { ownIssuerOf } from '@lethe/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { type AuthConfig } from '../auth.config.js';
import { SigningKeys } from '../signing/signing-keys.js';
import { Authenticator } from '../user/authenticate.js';
import { accountControllers, accountProviders } from '../user/account.parts.js';
import { AuthController } from './auth.controller.js';
import { AuthLimits } from '../auth.limits.js';
import { EndOwnSessionsHandler } from '../own-sessions/end-own-sessions.js';
import { FindSessionsHandler } from '../own-sessions/find-sessions.js';
import { LogInHandler } from './log-in.js';
import { LogOutHandler } from './log-out.js';
import { LoginThrottle } from './login-throttle.js';
import { OpenSession } from './open-session.js';
import { RefreshSessionHandler } from './refresh-session.js';
import { SessionEnder } from './session-ender.js';
import { SessionPolicy } from './session-policy.js';
import { SessionsController } from '../own-sessions/sessions.controller.js';
import { TokenIssuer } from './token-issuer.js';

/** Accounts and sign-ins. Needs a SigningModule among its imports. */
@Module({})
export class SessionModule {
  static forRoot(config: AuthConfig, imports: DynamicModule[]): DynamicModule {
    return {
      module: SessionModule,
      imports,
      controllers: [AuthController, SessionsController, ...accountControllers],
      providers: [
        ...accountProviders(config),
        { provide: AuthLimits, useValue: new AuthLimits(config) },
        { provide: SessionPolicy, useValue: new SessionPolicy(config) },
        {
          provide: TokenIssuer,
          inject: [SigningKeys],
          useFactory: (keys: SigningKeys) => {
            const { issuer, audience } = ownIssuerOf(config);
            const lifetimeSeconds = config.ACCESS_TOKEN_SECONDS;
            return new TokenIssuer({ keys, issuer, audience, lifetimeSeconds, clock: systemClock });
          },
        },
        LoginThrottle,
        OpenSession,
        SessionEnder,
        LogInHandler,
        RefreshSessionHandler,
        LogOutHandler,
        FindSessionsHandler,
        EndOwnSessionsHandler,
      ],
      exports: [Authenticator, OpenSession, SessionEnder, TokenIssuer],
    };
  }
}
