import type { DatabaseOptions } from '@lethe/database';
import { outboxMigrations } from '@lethe/outbox';
import { AuthorizationCodes1764633600002 } from './migrations/authorization-codes.migration.js';
import { CreateAccounts1764547200000 } from './migrations/create-accounts.migration.js';
import { OpenSessions1764633600000 } from './migrations/open-sessions.migration.js';
import { RotateKeys1764633600001 } from './migrations/rotate-keys.migration.js';
import { SecureAccounts1764720000000 } from './migrations/secure-accounts.migration.js';

/** The service's database, for the replica and for the migration step alike. */
export const authDatabase = {
  service: 'auth',
  migrations: [
    CreateAccounts1764547200000,
    OpenSessions1764633600000,
    RotateKeys1764633600001,
    AuthorizationCodes1764633600002,
    SecureAccounts1764720000000,
    ...outboxMigrations,
  ],
} satisfies Omit<DatabaseOptions, 'url'>;
