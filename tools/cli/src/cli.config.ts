import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What the command reads from the environment; every value can be given as an option too. */
export interface CliConfig {
  readonly port: number;
  readonly dataDir: string;
  readonly adminPassword: string | undefined;
  /** Where the Online Retail dataset lies, if it does. */
  readonly retailFile: string;
  readonly root: string;
  /** Which warehouse is meant where no option says it. */
  readonly warehouse: 'duckdb' | 'redshift';
  readonly redshift: RedshiftPlace;
  readonly database: DatabaseAdministration;
}

/** Who makes databases and users, as far as the environment says. */
export interface DatabaseAdministration {
  /** DATABASE_ADMIN_URL */
  readonly url: string | undefined;
  /** What DATABASE_CA_FILE holds. */
  readonly ca: string | undefined;
  /** DATABASE_PASSWORDS: of services, by their names. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly clusterArn: string | undefined;
  readonly secretArn: string | undefined;
  readonly region: string | undefined;
}

/** Where Redshift Serverless runs, as far as the environment says. */
export interface RedshiftPlace {
  readonly region: string | undefined;
  readonly workgroup: string | undefined;
  readonly database: string;
  readonly secretArn: string | undefined;
  /** Role that Redshift takes to read the lake. */
  readonly copyRoleArn: string | undefined;
}

/** The address of the demo data beside a checkout. */
const RETAIL_FILE = join('..', 'shared', 'data', 'online-retail.csv.gz');

/** Reads the environment. Throws a RangeError for a port that is none, and for passwords that are no JSON. */
export function readCliConfig(env: NodeJS.ProcessEnv, root: string): CliConfig {
  const port = Number(env['LETHE_PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new RangeError(`LETHE_PORT: "${env['LETHE_PORT']}" is not a port`);
  return {
    port,
    dataDir: env['LETHE_DATA_DIR'] ?? join(root, '.lethe'),
    adminPassword: env['LETHE_ADMIN_PASSWORD'],
    retailFile: join(root, RETAIL_FILE),
    root,
    warehouse: env['WAREHOUSE'] === 'redshift' ? 'redshift' : 'duckdb',
    redshift: {
      region: env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'],
      workgroup: env['REDSHIFT_WORKGROUP'],
      database: env['REDSHIFT_DATABASE'] ?? 'lethe',
      secretArn: env['REDSHIFT_SECRET_ARN'],
      copyRoleArn: env['REDSHIFT_COPY_ROLE_ARN'],
    },
    database: databaseAdministration(env),
  };
}

function databaseAdministration(env: NodeJS.ProcessEnv): DatabaseAdministration {
  const file = env['DATABASE_CA_FILE'];
  return {
    url: env['DATABASE_ADMIN_URL'],
    ca: file === undefined ? undefined : readFileSync(file, 'utf8'),
    passwords: passwordsIn(env['DATABASE_PASSWORDS'] ?? '{}'),
    clusterArn: env['DATABASE_CLUSTER_ARN'],
    secretArn: env['DATABASE_ADMIN_SECRET_ARN'],
    region: env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'],
  };
}

const passwords = z.record(z.string(), z.string().min(1));

function passwordsIn(text: string): Readonly<Record<string, string>> {
  try {
    return passwords.parse(JSON.parse(text));
  } catch {
    // Without the cause, which shows what it could not read.
    throw new RangeError('DATABASE_PASSWORDS must be JSON such as {"orders":"…"}');
  }
}
