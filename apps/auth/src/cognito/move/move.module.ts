import { type DynamicModule, Module } from '@nestjs/common';
import { type AuthConfig } from '../../auth.config.js';
import { PasswordHasher } from '../../user/password-hasher.js';
import { MoveController } from './move.controller.js';
import { type MoveLimit, MOVE_LIMIT, MovingAccounts } from './moving-accounts.js';

/** Lets the migration trigger of a user pool ask for the accounts that auth still has. */
@Module({})
export class MoveModule {
  static forRoot(config: AuthConfig): DynamicModule {
    const limit: MoveLimit = {
      name: 'move-failures-account',
      limit: config.LOGIN_FAILURES_PER_ACCOUNT,
      windowSeconds: 300,
    };
    return {
      module: MoveModule,
      controllers: [MoveController],
      providers: [
        { provide: PasswordHasher, useValue: new PasswordHasher(config.HASH_CONCURRENCY) },
        { provide: MOVE_LIMIT, useValue: limit },
        MovingAccounts,
      ],
    };
  }
}
