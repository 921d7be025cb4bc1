import { hostname } from 'node:os';
import { type IdentityOptions, type Issuer, cognitoIssuer, ownIssuer } from '@lethe/identity';
import { z } from 'zod';
import { ConfigError } from './service-kit.errors.js';

const int = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** What every service reads from its environment. An app extends it with what is its own. */
export const serviceConfigSchema = z.object({
  PORT: int(0, 65_535).default(3000).describe('Port the service listens on; 0 takes a free one.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address the service listens on; 0.0.0.0 in a container.'),
  INSTANCE_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,128}$/)
    .optional()
    .transform((id) => id ?? `${hostname()}-${process.pid}`)
    .describe('Name of this replica in logs, leases and the x-instance header. Default: host name and process id.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least severe log lines written.'),
  METRICS: z
    .enum(['scrape', 'emf'])
    .default('scrape')
    .describe(
      '`emf`: metrics go into the log too, in the Embedded Metric Format of CloudWatch. They are always at /metrics.',
    ),
  METRICS_INTERVAL_SECONDS: int(1, 300).default(60).describe('Time between two reports, with METRICS=emf.'),
  AWS_REGION: z.string().min(1).default('eu-west-1').describe('Region of every AWS client.'),
  AWS_ACCOUNT_ID: z
    .string()
    .regex(/^\d{12}$/)
    .default('000000000000')
    .describe('Account that owns the queues, topics and streams.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .describe("The service's own database. Without a password where DATABASE_AUTH=iam."),
  DATABASE_AUTH: z
    .enum(['password', 'iam'])
    .default('password')
    .describe('How to sign in to the database: by the password in its URL, or by tokens of the role (RDS), over TLS.'),
  DATABASE_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Certificates in PEM that verify the database, such as the bundle of RDS. Default: those of Node, which know the proxies of RDS.',
    ),
  DATABASE_POOL_SIZE: int(1, 200).default(10).describe('Most connections of one replica to its database.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:8080')
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('Where clients reach the store, without a slash at the end. Tokens are issued by <PUBLIC_URL>/auth.'),
  JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Keys that verify access tokens. Default: <PUBLIC_URL>/auth/.well-known/jwks.json.'),
  IDENTITY_PROVIDER: z
    .enum(['own', 'cognito'])
    .default('own')
    .describe('Who issues access tokens: auth itself, or a user pool of Amazon Cognito.'),
  COGNITO_USER_POOL_ID: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'must be such as eu-west-1_AbCdEfGhI')
    .optional()
    .describe('The user pool, with IDENTITY_PROVIDER=cognito.'),
  COGNITO_CLIENT_ID: z
    .string()
    .regex(/^[\w+]+(,[\w+]+)*$/)
    .optional()
    .describe('App clients of the pool whose tokens are accepted, separated by commas; auth signs in with the first.'),
  COGNITO_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Begins the `iss` of the tokens of an emulator. Default: the endpoint of the region.'),
  REVOCATIONS_TABLE: z.string().min(1).default('lethe-revocations').describe('DynamoDB table of revoked sign-ins.'),
  SERVICE_KEY: z
    .string()
    .min(1)
    .optional()
    .describe("Secret: the service's own private key for calls to other services, a JWK in JSON."),
  SERVICE_KEYS: z
    .string()
    .min(1)
    .optional()
    .describe('Public keys of all services, a JWKS in JSON: who may call internal routes.'),
  VALKEY_URL: z
    .string()
    .regex(/^(redis|valkey)s?:\/\//, 'must begin with valkey://, valkeys://, redis:// or rediss://')
    .optional()
    .describe('Secret: Valkey or Redis, as valkeys://user:password@host:6379?cluster=true. Without it: DynamoDB.'),
  RATE_LIMITS_TABLE: z.string().min(1).default('lethe-rate-limits').describe('DynamoDB table of the rate limits.'),
  MAX_IN_FLIGHT: int(1, 100_000).default(200).describe('Requests answered at once; more get 503 at once (R10).'),
  BODY_LIMIT_BYTES: int(1, 100_000_000).default(1_048_576).describe('Largest request body that is not streamed.'),
  BODY_TIMEOUT_MS: int(50, 600_000).default(15_000).describe('Longest time for a request body that is not streamed.'),
  REQUEST_TIMEOUT_MS: int(80_000, 3_600_000)
    .default(300_000)
    .describe('Longest time in which a request must have arrived whole, streamed uploads included.'),
  TRUSTED_PROXY_HOPS: int(0, 10).default(1).describe('Proxies in front whose X-Forwarded-For is believed (S50).'),
  TRACES_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Where spans go, by OTLP over HTTP, such as http://localhost:4318/v1/traces; signed for *.amazonaws.com.',
    ),
  TRACES_PERCENT: int(0, 100).default(5).describe('Of a hundred traces that begin here, how many are recorded.'),
  ECS_AGENT_URI: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Set by ECS: where a task with long work asks not to be taken away meanwhile.'),
  DRAIN_DELAY_MS: int(0, 60_000)
    .default(5_000)
    .describe('After SIGTERM: how long to go on serving while balancers notice that the replica is not ready.'),
  DRAIN_TIMEOUT_MS: int(100, 120_000)
    .default(25_000)
    .describe('After SIGTERM: when the process ends even if work is left; below the stopTimeout of ECS.'),
});

/** The parsed {@link serviceConfigSchema}. */
export type BaseConfig = z.output<typeof serviceConfigSchema>;

type Env = Readonly<Record<string, string | undefined>>;

/** The configuration in the environment; empty variables count as absent. Throws a ConfigError with a line per fault. */
export function parseConfig<S extends z.ZodType>(schema: S, env: Env): z.output<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map(({ path, message }) => {
      const name = path.map(String).join('.');
      return given[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
    }),
  );
}

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;

/** Like {@link parseConfig}, for `main.ts`: a fault ends the process with exit code 78 and a line each on stderr. */
export function readConfig<S extends z.ZodType>(schema: S, env: Env): z.output<S> {
  try {
    return parseConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(error.faults.map((fault) => `config: ${fault}\n`).join(''));
    return process.exit(EXIT_CONFIG);
  }
}

/** The one audience of the store's access tokens. */
export const AUDIENCE = 'lethe';

type IdentityConfig = Pick<
  BaseConfig,
  | 'PUBLIC_URL'
  | 'JWKS_URL'
  | 'AWS_REGION'
  | 'IDENTITY_PROVIDER'
  | 'COGNITO_USER_POOL_ID'
  | 'COGNITO_CLIENT_ID'
  | 'COGNITO_ENDPOINT'
  | 'REVOCATIONS_TABLE'
  | 'SERVICE_KEYS'
>;

/** The `iss` of the tokens that auth signs itself. */
export function ownIssuerUrl({ PUBLIC_URL }: Pick<BaseConfig, 'PUBLIC_URL'>): string {
  return `${PUBLIC_URL}/auth`;
}

/** The pool and the app clients that the environment names. Throws a ConfigError where one is missing. */
export function cognitoOf(config: Pick<BaseConfig, 'COGNITO_USER_POOL_ID' | 'COGNITO_CLIENT_ID'>): {
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
} {
  const { COGNITO_USER_POOL_ID: userPoolId, COGNITO_CLIENT_ID: clientIds } = config;
  if (userPoolId !== undefined && clientIds !== undefined) return { userPoolId, clientIds: clientIds.split(',') };
  const missing = userPoolId === undefined ? 'COGNITO_USER_POOL_ID' : 'COGNITO_CLIENT_ID';
  throw new ConfigError([`${missing} is not set, and IDENTITY_PROVIDER=cognito needs it`]);
}

/** What the store's own issuer says of itself, whoever issues at the moment. */
export function ownIssuerOf(config: Pick<BaseConfig, 'PUBLIC_URL' | 'JWKS_URL'>): {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
} {
  const issuer = `${config.PUBLIC_URL}/auth`;
  return { issuer, audience: AUDIENCE, jwksUrl: config.JWKS_URL ?? `${issuer}/.well-known/jwks.json` };
}

/**
 * What IdentityModule needs to know: who issues, which sign-ins were ended and, for a service that is called by others,
 * by its name, their keys. Throws a ConfigError where Cognito is to issue and nothing is known of it.
 */
export function identityOf(
  config: IdentityConfig,
  service?: string,
): Pick<IdentityOptions, 'issuer' | 'revocations' | 'services'> {
  const keys = config.SERVICE_KEYS;
  return {
    issuer: issuerOf(config),
    revocations: { table: config.REVOCATIONS_TABLE },
    ...(service === undefined || keys === undefined ? {} : { services: { service, keys } }),
  };
}

function issuerOf(config: IdentityConfig): Issuer {
  if (config.IDENTITY_PROVIDER === 'own') return ownIssuer(ownIssuerOf(config));
  return cognitoIssuer({ ...cognitoOf(config), region: config.AWS_REGION, endpoint: config.COGNITO_ENDPOINT });
}
