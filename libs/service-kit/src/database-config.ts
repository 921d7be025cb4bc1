import { readFileSync } from 'node:fs';
import { type BaseConfig, serviceConfigSchema } from './config.js';
import { ConfigError } from './service-kit.errors.js';

/** Which variables say how the database is reached, for steps that read no more of the environment. */
export const databaseConfig = {
  DATABASE_URL: true,
  DATABASE_AUTH: true,
  DATABASE_CA_FILE: true,
  AWS_REGION: true,
} as const satisfies Partial<Record<keyof typeof serviceConfigSchema.shape, true>>;

/** What {@link databaseOf} reads of a configuration. */
export type DatabaseConfig = Pick<BaseConfig, 'DATABASE_URL'> &
  Partial<Pick<BaseConfig, 'DATABASE_AUTH' | 'DATABASE_CA_FILE' | 'AWS_REGION'>>;

/** How `@lethe/database` reaches the database of a service. */
interface DatabaseAccess {
  readonly url: string;
  readonly signIn: { readonly by: 'password' } | { readonly by: 'iam'; readonly region: string };
  readonly ca?: string;
}

/**
 * What the database needs to know of a configuration. Throws a ConfigError where tokens are to be signed for no region, or
 * the certificates cannot be read.
 */
export function databaseOf(config: DatabaseConfig): DatabaseAccess {
  const { DATABASE_URL: url, DATABASE_AUTH: by, DATABASE_CA_FILE: file, AWS_REGION: region } = config;
  const ca = file === undefined ? {} : { ca: certificatesIn(file) };
  if (by !== 'iam') return { url, signIn: { by: 'password' }, ...ca };
  if (region === undefined) throw new ConfigError(['AWS_REGION is not set, and DATABASE_AUTH=iam needs it']);
  return { url, signIn: { by, region }, ...ca };
}

function certificatesIn(file: string): string {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError([`DATABASE_CA_FILE cannot be read: ${String(cause)}`]);
  }
  // An empty list would make Node trust nobody, and say no more than that.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new ConfigError(['DATABASE_CA_FILE holds no certificate']);
  return text;
}
