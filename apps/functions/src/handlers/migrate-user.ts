import { AuthAccounts } from '../user-pool/auth-accounts.js';
import { functionsConfigSchema, readConfig } from '../functions.config.js';
import { migrateUser, migrationEventSchema } from '../user-pool/migrate-user.js';

const accounts = new AuthAccounts(readConfig(functionsConfigSchema.pick({ AUTH_URL: true, SERVICE_KEY: true })));

/** Cognito's user migration trigger. Throws a ZodError for another event. */
export const handler = (event: unknown) => migrateUser(migrationEventSchema.parse(event), accounts);
