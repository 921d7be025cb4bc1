import type { DatabaseOptions } from '@lethe/database';
import { CreateAccounts1764547200000 } from './migrations/create-accounts.migration.js';
import { OpenSessions1764633600000 } from './migrations/open-sessions.migration.js';

/** The service's database, for the replica and for the migration step alike. */
export const authDatabase = {
  service: 'auth',
  migrations: [CreateAccounts1764547200000, OpenSessions1764633600000],
} satisfies Omit<DatabaseOptions, 'url'>;
