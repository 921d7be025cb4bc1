import { addClaims, tokenEventSchema } from './add-claims.js';
import { AuthAccounts } from './auth-accounts.js';
import { type FunctionsConfig } from './functions.config.js';
import { migrateUser, migrationEventSchema } from './migrate-user.js';

/** A function as Lambda invokes it. */
export type LambdaFunction = (event: unknown) => Promise<unknown>;

/** The functions by the names under which they are deployed. Each throws a ZodError for an event that is not its own. */
export function buildFunctions(config: FunctionsConfig): Readonly<Record<string, LambdaFunction>> {
  const accounts = new AuthAccounts(config);
  return {
    'lethe-migrate-user': (event) => migrateUser(migrationEventSchema.parse(event), accounts),
    'lethe-add-claims': (event) => Promise.resolve(addClaims(tokenEventSchema.parse(event))),
  };
}
