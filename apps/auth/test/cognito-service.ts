import { randomBytes, randomUUID } from 'node:crypto';
import { type Profile, type Tokens, authService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { testDatabase } from '@lethe/local-cloud';
import { createService, parseConfig } from '@lethe/service-kit';
import { authConfigSchema } from '../src/auth.config.js';
import { prepare } from '../src/prepare.js';
import { rootModule } from '../src/root-module.js';
import { type Answer, PASSWORD, createTable } from './auth-service.js';

interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
}

/** One replica of auth with IDENTITY_PROVIDER=cognito. */
export interface CognitoAuth {
  readonly url: string;
  readonly database: Database;
  call<T>(path: string, options?: CallOptions): Promise<Answer<T>>;
  login(email: string, password?: string, code?: string): Promise<Answer<Tokens>>;
  refresh(refreshToken: string): Promise<Answer<Tokens>>;
  register(email?: string): Promise<Profile>;
  stop(): Promise<void>;
}

async function send<T>(url: string, { method, body, token }: CallOptions = {}): Promise<Answer<T>> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

/** The service's configuration over a database and tables of its own. */
async function configure(env: Readonly<Record<string, string>>) {
  const created = await testDatabase();
  const { url } = created;
  const AUTH_KEY_SECRET = randomBytes(32).toString('base64');
  await prepare({ DATABASE_URL: url, AUTH_KEY_SECRET, LETHE_ADMIN_PASSWORD: undefined });
  const [RATE_LIMITS_TABLE, REVOCATIONS_TABLE] = [`rate-limits-${randomUUID()}`, `revocations-${randomUUID()}`];
  await createTable(RATE_LIMITS_TABLE);
  await createTable(REVOCATIONS_TABLE);
  const config = parseConfig(authConfigSchema, {
    LOG_LEVEL: 'silent',
    IDENTITY_PROVIDER: 'cognito',
    AWS_REGION: 'us-east-1',
    DATABASE_URL: url,
    AUTH_KEY_SECRET,
    RATE_LIMITS_TABLE,
    REVOCATIONS_TABLE,
    ...env,
  });
  return { config, drop: () => created.drop() };
}

/** The embedded pool's variables, or those of a server of recorded exchanges, in `env`. */
export async function startCognitoAuth(env: Readonly<Record<string, string>>): Promise<CognitoAuth> {
  // The SDK finds an emulator by its own variable alone.
  process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] = env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'];
  const { config, drop } = await configure(env);
  const app = await createService({ definition: authService, topology: store, ...rootModule(config), config });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const call = <T>(path: string, options?: CallOptions) => send<T>(`${url}${path}`, options);
  return {
    url,
    database: app.get(Database),
    call,
    login: (email, password = PASSWORD, code?: string) =>
      call('/auth/login', { body: { email, password, ...(code === undefined ? {} : { code }) } }),
    refresh: (refreshToken) => call('/auth/refresh', { body: { refreshToken } }),
    register: async (email = `${randomUUID()}@example.com`) => {
      const { body } = await call<Profile>('/auth/register', { body: { email, password: PASSWORD, name: 'Ada' } });
      return body;
    },
    stop: async () => {
      await app.close();
      await app.get(Database).close();
      await drop();
    },
  };
}
