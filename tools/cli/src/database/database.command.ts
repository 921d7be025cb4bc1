import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { clientConfig } from '@lethe/aws';
import {
  type Administrator,
  ConnectedAdministrator,
  DatabaseError,
  DatabasePreparationError,
  DatabaseUnavailableError,
  type PreparedDatabase,
  type ServiceDatabase,
  prepareDatabase,
} from '@lethe/database';
import type { CliConfig, DatabaseAdministration } from '../cli.config.js';
import { CommandFailed, table } from '../output.js';
import { type Terminal, print } from '../terminal.js';
import { DataApiAdministrator } from './data-api.js';

export interface PrepareOptions {
  /** By the Data API of a cluster. */
  readonly clusterArn?: string;
  readonly secretArn?: string;
  readonly json?: true;
}

/**
 * `lethe database prepare`: a database and a user for each service. At a cluster of Aurora, by its Data API, users sign in by
 * tokens; at any other server by the passwords that the environment names. Throws a {@link CommandFailed} where the
 * environment does not say enough, and where the server refuses or is not there.
 */
export async function prepareDatabases(
  { config, services }: { readonly config: CliConfig; readonly services: readonly string[] },
  options: PrepareOptions,
  terminal: Terminal,
): Promise<void> {
  const { database } = config;
  const clusterArn = options.clusterArn ?? database.clusterArn;
  const prepared =
    clusterArn === undefined
      ? await byConnection(database, services)
      : await byDataApi({ clusterArn, secretArn: options.secretArn ?? database.secretArn }, database, services);
  print(terminal, options.json, { prepared }, () => {
    return `${table(
      ['database and user', 'database'],
      prepared.map((one) => [one.name, one.database]),
    )}\n`;
  });
}

async function byDataApi(
  { clusterArn, secretArn }: { readonly clusterArn: string; readonly secretArn: string | undefined },
  { region }: DatabaseAdministration,
  services: readonly string[],
): Promise<PreparedDatabase[]> {
  if (secretArn === undefined) throw new CommandFailed('say with --secret-arn where the administrator’s password is');
  if (region === undefined) throw new CommandFailed('set AWS_REGION to where the cluster runs');
  const client = new RDSDataClient(clientConfig({ region, requestTimeoutMs: DATA_API_MS }));
  try {
    const admin = new DataApiAdministrator(client, { clusterArn, secretArn });
    return await prepareAll(admin, services, () => ({ by: 'iam' }));
  } finally {
    client.destroy();
  }
}

async function byConnection(
  { url, ca, passwords }: DatabaseAdministration,
  services: readonly string[],
): Promise<PreparedDatabase[]> {
  if (url === undefined)
    throw new CommandFailed('set DATABASE_ADMIN_URL, or say with --cluster-arn which cluster is meant');
  const missing = services.filter((name) => passwords[name] === undefined);
  if (missing.length > 0) throw new CommandFailed(`DATABASE_PASSWORDS has none for ${missing.join(', ')}`);
  const admin = new ConnectedAdministrator({ url, ca });
  return prepareAll(admin, services, (name) => ({ by: 'password', password: passwords[name] ?? '' }));
}

/** One after the other: what fails is told for one service, and the same command goes on from there. */
async function prepareAll(
  admin: Administrator,
  services: readonly string[],
  signInOf: (service: string) => ServiceDatabase['signIn'],
): Promise<PreparedDatabase[]> {
  const prepared: PreparedDatabase[] = [];
  for (const name of services) {
    try {
      prepared.push(await prepareDatabase(admin, { name, signIn: signInOf(name) }));
    } catch (cause) {
      throw failure(name, cause);
    }
  }
  return prepared;
}

/** What a person can do something about, in a line. */
function failure(name: string, cause: unknown): unknown {
  if (cause instanceof DatabaseUnavailableError) {
    return new CommandFailed(`${name}: the database cannot be reached: ${String(cause.cause)}`, { cause });
  }
  if (cause instanceof DatabaseError || cause instanceof DatabasePreparationError) {
    return new CommandFailed(`${name}: ${cause.message}`, { cause });
  }
  return cause;
}

/** The Data API ends a statement after 45 s ("Limitations for the Amazon RDS Data API"). */
const DATA_API_MS = 50_000;
