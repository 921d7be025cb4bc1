import { type AwsClients, createClients } from '@lethe/aws';
import { addressOf } from '@lethe/store';
import type { CliConfig } from '../cli.config.js';
import { CommandFailed } from '../output.js';

export interface AwsOptions {
  /** Take AWS as the environment names it, instead of the store that runs here. */
  readonly aws?: true;
}

/**
 * Runs the work with clients of the store that runs on this machine, or of AWS if that is asked for: never of AWS by
 * accident. Throws a {@link CommandFailed} where no store runs, or no region is named.
 */
export async function withAws<T>(
  config: CliConfig,
  options: AwsOptions,
  work: (clients: AwsClients) => Promise<T>,
): Promise<T> {
  const clients = createClients({ region: options.aws === true ? regionOf(process.env) : enterStore(config) });
  try {
    return await work(clients);
  } finally {
    clients.close();
  }
}

function regionOf(env: NodeJS.ProcessEnv): string {
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (region === undefined || region === '') throw new CommandFailed('--aws: set AWS_REGION');
  return region;
}

/** Where clients are to look that are made next: the store that runs here, or AWS. Throws as {@link withAws}. */
export function enterCloud(
  config: CliConfig,
  options: AwsOptions,
): { readonly region: string; readonly accountId: string } {
  const region = options.aws === true ? regionOf(process.env) : enterStore(config);
  const accountId = process.env['AWS_ACCOUNT_ID'] ?? '';
  if (!/^\d{12}$/.test(accountId)) throw new CommandFailed('set AWS_ACCOUNT_ID to the account of the store');
  return { region, accountId };
}

/** Points the SDK, which reads the environment, at the servers of the store; gives the region. */
function enterStore({ dataDir }: CliConfig): string {
  const { AWS_REGION, ...aws } = addressOf(dataDir)?.aws ?? {};
  if (AWS_REGION === undefined)
    throw new CommandFailed('no store runs here: start one with npm start, or name AWS with --aws');
  Object.assign(process.env, aws);
  // A profile would win over these credentials.
  delete process.env['AWS_PROFILE'];
  return AWS_REGION;
}
