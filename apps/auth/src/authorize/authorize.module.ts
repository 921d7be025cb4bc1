import { AwsClients } from '@lethe/aws';
import { hkdfSync } from 'node:crypto';
import { Database } from '@lethe/database';
import {
  CsrfProtection,
  Sessions,
  SigningKeys as FormKeys,
  dynamoSessionStore,
  valkeySessionStore,
} from '@lethe/sessions';
import { type Valkey } from '@lethe/valkey';
import { VALKEY } from '@lethe/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { type AuthConfig } from '../auth.config.js';
import { AuthorizationAnswers } from './authorization-answers.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { AuthorizeController } from './authorize.controller.js';
import { BrowserSessions } from './browser-sessions.js';
import { ClientRegistry } from './client-registry.js';
import { RedeemCodeHandler } from '../token/redeem-code.js';
import { TokenController } from '../token/token.controller.js';
import { UserinfoController } from '../token/userinfo.controller.js';

/** How long the sign-in page knows a browser: unused, and at most (S33). */
const IDLE_SECONDS = 1_800;
const ABSOLUTE_SECONDS = 43_200;
/** What it keeps of one is who signed in, and when. */
const MAX_BYTES = 1_024;

/** Signing in by redirects: authorization code with PKCE. Needs the SessionModule among its imports. */
@Module({})
export class AuthorizeModule {
  static forRoot(config: AuthConfig, imports: DynamicModule[]): DynamicModule {
    return {
      module: AuthorizeModule,
      imports,
      controllers: [AuthorizeController, TokenController, UserinfoController],
      providers: [
        { provide: ClientRegistry, useValue: new ClientRegistry(config) },
        { provide: CsrfProtection, useValue: csrfProtection(config) },
        {
          provide: Sessions,
          inject: [AwsClients, VALKEY],
          useFactory: (clients: AwsClients, valkey: Valkey | undefined) =>
            new Sessions({
              store: valkey
                ? valkeySessionStore({ valkey, prefix: 'lethe:sign-in:', maxBytes: MAX_BYTES })
                : dynamoSessionStore({ clients, table: config.SESSIONS_TABLE, maxBytes: MAX_BYTES }),
              idleSeconds: IDLE_SECONDS,
              absoluteSeconds: ABSOLUTE_SECONDS,
            }),
        },
        {
          provide: BrowserSessions,
          inject: [Sessions, CsrfProtection, Database],
          useFactory: (sessions: Sessions, csrf: CsrfProtection, database: Database) =>
            new BrowserSessions(sessions, csrf, database),
        },
        AuthorizationCodes,
        AuthorizationAnswers,
        RedeemCodeHandler,
      ],
    };
  }
}

function csrfProtection({ AUTH_KEY_SECRET, PUBLIC_URL }: AuthConfig): CsrfProtection {
  const key = hkdfSync('sha256', Buffer.from(AUTH_KEY_SECRET, 'base64'), '', 'lethe.auth.form', 32);
  const keys = new FormKeys(Buffer.from(key).toString('hex'));
  return new CsrfProtection({ keys, trustedOrigins: [new URL(PUBLIC_URL).origin] });
}
