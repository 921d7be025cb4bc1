import { systemClock } from '@lethe/kernel';
import { identityOf } from '@lethe/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { type AuthConfig } from '../auth.config.js';
import { SigningKeys } from '../signing/signing-keys.js';
import { Authenticator } from '../user/authenticate.js';
import { FindProfileHandler } from '../user/find-profile.js';
import { PasswordHasher } from '../user/password-hasher.js';
import { RegisterUserHandler } from '../user/register-user.js';
import { AuthController } from './auth.controller.js';
import { AuthLimits } from '../auth.limits.js';
import { LogInHandler } from './log-in.js';
import { LogOutHandler } from './log-out.js';
import { LoginThrottle } from './login-throttle.js';
import { OpenSession } from './open-session.js';
import { RefreshSessionHandler } from './refresh-session.js';
import { SessionEnder } from './session-ender.js';
import { SessionPolicy } from './session-policy.js';
import { TokenIssuer } from './token-issuer.js';

/** Accounts and sign-ins. Needs a SigningModule among its imports. */
@Module({})
export class SessionModule {
  static forRoot(config: AuthConfig, imports: DynamicModule[]): DynamicModule {
    return {
      module: SessionModule,
      imports,
      controllers: [AuthController],
      providers: [
        { provide: AuthLimits, useValue: new AuthLimits(config) },
        { provide: SessionPolicy, useValue: new SessionPolicy(config) },
        { provide: PasswordHasher, useValue: new PasswordHasher(config.HASH_CONCURRENCY) },
        {
          provide: TokenIssuer,
          inject: [SigningKeys],
          useFactory: (keys: SigningKeys) => {
            const { issuer, audience } = identityOf(config);
            const lifetimeSeconds = config.ACCESS_TOKEN_SECONDS;
            return new TokenIssuer({ keys, issuer, audience, lifetimeSeconds, clock: systemClock });
          },
        },
        LoginThrottle,
        OpenSession,
        SessionEnder,
        Authenticator,
        RegisterUserHandler,
        LogInHandler,
        RefreshSessionHandler,
        LogOutHandler,
        FindProfileHandler,
      ],
    };
  }
}
