import { StoreClient, addressOf, adminPasswordOf } from '@lethe/store';
import type { CliConfig } from './cli.config.js';
import { CommandFailed } from './output.js';

export const ADMIN_EMAIL = 'admin@lethe.local';

/** The base URL of the running store: where it says it is, else where it would be. */
export function storeUrl(config: CliConfig): string {
  return addressOf(config.dataDir)?.url ?? `http://localhost:${config.port}`;
}

/**
 * A client of the running store, signed in as its admin.
 * Throws a {@link CommandFailed} where no password is known, and what the client throws where no store answers.
 */
export async function connectAsAdmin(config: CliConfig): Promise<StoreClient> {
  const password = config.adminPassword ?? adminPasswordOf(config.dataDir);
  if (password === undefined)
    throw new CommandFailed('no admin password: set LETHE_ADMIN_PASSWORD, or run from the folder of the store');
  const client = new StoreClient({ baseUrl: storeUrl(config), attempts: 12 });
  await client.signIn(ADMIN_EMAIL, password);
  return client;
}
