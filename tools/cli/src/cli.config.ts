import { join } from 'node:path';

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

/** Reads the environment. Throws a RangeError for a port that is none. */
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
  };
}
