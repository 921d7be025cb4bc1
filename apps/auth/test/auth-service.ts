import { randomBytes, randomUUID } from 'node:crypto';
import { AwsClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { type Profile, type Tokens, authService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type TestMail, startTestMail, testDatabase } from '@lethe/local-cloud';
import { provisionMessaging } from '@lethe/messaging/provision';
import { type Logger, createService, parseConfig } from '@lethe/service-kit';
import { type Topology } from '@lethe/topology';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../src/app.module.js';
import { authConfigSchema } from '../src/auth.config.js';
import { prepare } from '../src/prepare.js';

export const ADMIN_PASSWORD = 'a long enough admin password';
export const PASSWORD = 'correct horse battery staple';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

interface CallOptions {
  /** Default: POST with a body, else GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly token?: string;
  /** The caller's address, as the balancer says it. */
  readonly ip?: string;
}

type Call = <T>(path: string, options?: CallOptions) => Promise<Answer<T>>;

/** Several replicas of auth over one database. */
export interface AuthService {
  readonly replicas: readonly NestFastifyApplication[];
  readonly database: Database;
  readonly databaseUrl: string;
  readonly secret: string;
  /** Calls the replicas in turn. */
  readonly call: Call;
  /** A registered customer with a password of `PASSWORD`. */
  customer(): Promise<Profile>;
  login(email: string, password?: string, ip?: string): Promise<Answer<Tokens>>;
  refresh(refreshToken: string): Promise<Answer<Tokens>>;
  stop(): Promise<void>;
}

export async function createTable(table: string): Promise<void> {
  const clients = new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
  try {
    await provisionTable({ name: table, partitionKey: 'id' }, clients.dynamodb);
  } finally {
    clients.close();
  }
}

/** What else a replica is given. */
interface Surroundings {
  /** Whether mail leaves: its queue is provisioned and consumed. */
  readonly mails?: boolean;
  readonly logger?: Logger;
}

async function startReplica(
  env: Record<string, string | undefined>,
  topology: Topology,
  { mails: consume = false, logger }: Surroundings,
): Promise<NestFastifyApplication> {
  const config = parseConfig(authConfigSchema, { LOG_LEVEL: 'silent', AWS_REGION: process.env['AWS_REGION'], ...env });
  const module = AppModule.forRoot(config, topology);
  const app = await createService({
    definition: authService,
    topology,
    module,
    config,
    consume,
    ...(logger && { logger }),
  });
  await app.listen(0, '127.0.0.1');
  return app;
}

function caller(urls: readonly string[]): Call {
  let turn = 0;
  return async <T>(path: string, { method, headers: further, body, token, ip }: CallOptions = {}) => {
    turn += 1;
    const response = await fetch(`${urls[turn % urls.length] ?? ''}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(ip === undefined ? {} : { 'x-forwarded-for': ip }),
        ...further,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
  };
}

/** A topology of this spec's own; with `provisioned`, its queues are there. */
async function startTopology(provisioned: boolean): Promise<Topology> {
  const topology: Topology = { ...store, name: `t-${randomUUID().slice(0, 8)}` };
  if (!provisioned) return topology;
  const clients = new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
  await provisionMessaging(topology, clients).finally(() => clients.close());
  return topology;
}

/** As {@link startAuth}, with an SES and the queue by which mail is asked for. */
export async function startAuthWithMail(
  count = 1,
  env: Record<string, string> = {},
): Promise<AuthService & { readonly mail: TestMail }> {
  const mail = await startTestMail();
  Object.assign(process.env, mail.env);
  const auth = await startAuth(count, env, { mails: true });
  const stop = async (): Promise<void> => {
    await auth.stop();
    await mail.stop();
  };
  return { ...auth, mail, stop };
}

/** Replicas of auth; without `mails` nothing that is to be mailed leaves the outbox. */
export async function startAuth(
  count = 1,
  env: Record<string, string> = {},
  around: Surroundings = {},
): Promise<AuthService> {
  const created = await testDatabase();
  const secret = randomBytes(32).toString('base64');
  await prepare({ DATABASE_URL: created.url, AUTH_KEY_SECRET: secret, LETHE_ADMIN_PASSWORD: ADMIN_PASSWORD });
  const table = `rate-limits-${randomUUID()}`;
  const revocations = `revocations-${randomUUID()}`;
  const browsers = `sessions-${randomUUID()}`;
  await Promise.all([table, revocations, browsers].map(createTable));
  const base = {
    DATABASE_URL: created.url,
    AUTH_KEY_SECRET: secret,
    RATE_LIMITS_TABLE: table,
    REVOCATIONS_TABLE: revocations,
    SESSIONS_TABLE: browsers,
    ...env,
  };
  const topology = await startTopology(around.mails ?? false);
  const replicas: NestFastifyApplication[] = [];
  for (let index = 0; index < count; index += 1) {
    replicas.push(await startReplica({ ...base, INSTANCE_ID: `auth-${index}` }, topology, around));
  }
  const call = caller(await Promise.all(replicas.map((app) => app.getUrl())));
  const database = replicas[0]?.get(Database);
  if (!database) throw new RangeError('no replica');
  return {
    replicas,
    database,
    databaseUrl: created.url,
    secret,
    call,
    customer: async () => {
      const body = { email: `${randomUUID()}@example.com`, password: PASSWORD, name: 'Ada' };
      return (await call<Profile>('/auth/register', { body })).body;
    },
    login: (email, password = PASSWORD, ip = '203.0.113.1') =>
      call<Tokens>('/auth/login', { body: { email, password }, ip }),
    refresh: (refreshToken) => call<Tokens>('/auth/refresh', { body: { refreshToken } }),
    stop: async () => {
      for (const app of replicas) {
        await app.close();
        await app.get(Database).close();
      }
      await created.drop();
    },
  };
}
