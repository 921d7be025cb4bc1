import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsClients, createClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { Clicks, analyticsService, leasesTable, rateLimitsTable, store } from '@lethe/contracts';
import { Database, migrate } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { testDatabase } from '@lethe/local-cloud';
import { MessagePublisher } from '@lethe/messaging';
import { provisionMessaging } from '@lethe/messaging/provision';
import { createService, drain, LOGGER, type Logger, parseConfig } from '@lethe/service-kit';
import { StreamProducer } from '@lethe/streaming';
import { provisionLeaseTable, provisionStreams } from '@lethe/streaming/provision';
import { type InputOf, type MessageDefinition, defineTopology, encodeMessage, resourcesOf } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { configSchema } from '../src/analytics.config.js';
import { databaseOptions } from '../src/analytics.database.js';
import { AppModule } from '../src/app.module.js';

const ACCOUNT = '000000000000';
const PUBLIC_URL = 'http://localhost:8080';

export type Role = 'customer' | 'analyst' | 'admin';
interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: unknown;
}
interface Call {
  readonly method?: string;
  readonly role?: Role | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A message with its id: sent again it is the same message. */
export interface Sealed {
  readonly id: string;
  readonly definition: MessageDefinition;
  readonly body: string;
}

/** A message of orders. */
export function seal<D extends MessageDefinition>(definition: D, data: InputOf<D>): Sealed {
  const id = uuidv7();
  return { id, definition, body: encodeMessage(definition, data, { id, source: 'orders', time: Date.now() }) };
}

/** The analytics service with queues, a stream and a database of this test's own. */
export class Analytics {
  readonly #replicas: NestFastifyApplication[] = [];

  private constructor(
    readonly topology: typeof store,
    readonly clients: AwsClients,
    private readonly database: Awaited<ReturnType<typeof testDatabase>>,
    private readonly keys: Awaited<ReturnType<typeof serveKeys>>,
    /** Further variables of the replicas' environment. */
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create(replicas = 1, env: Readonly<Record<string, string>> = {}): Promise<Analytics> {
    const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, store.services);
    const clients = createClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
    const [database] = await Promise.all([
      testDatabase(),
      provisionMessaging(topology, clients),
      provisionStreams(resourcesOf(topology).streams, clients.kinesis),
      provisionLeaseTable(leasesTable.name, clients.dynamodb),
      provisionTable(rateLimitsTable, clients.dynamodb),
    ]);
    const test = new Analytics(topology, clients, database, await serveKeys(), env);
    try {
      await migrate(databaseOptions(test.#config('migrate')));
      for (let at = 1; at <= replicas; at += 1) await test.addReplica(`analytics-${at}`);
      return test;
    } catch (error) {
      await test.close();
      throw error;
    }
  }

  async addReplica(name: string): Promise<NestFastifyApplication> {
    const config = this.#config(name);
    const app = await createService({
      definition: analyticsService,
      topology: this.topology,
      module: AppModule.forRoot(config, this.topology),
      config,
    });
    await app.listen(0, '127.0.0.1');
    this.#replicas.push(app);
    return app;
  }

  /** Ends a replica as SIGTERM does. */
  async drain(app: NestFastifyApplication): Promise<void> {
    this.#replicas.splice(this.#replicas.indexOf(app), 1);
    const onClosed = (closed: NestFastifyApplication): Promise<void> => closed.get(Database).close();
    await drain(app, { delayMs: 0, onClosed, logger: app.get<Logger>(LOGGER) });
  }

  get replicas(): readonly NestFastifyApplication[] {
    return this.#replicas;
  }

  /** One request, to a replica chosen by chance. */
  async call(path: string, { method = 'GET', role, headers = {}, body }: Call = {}): Promise<Answer> {
    const app = this.#replicas[Math.floor(Math.random() * this.#replicas.length)];
    const authorization = role === undefined ? {} : { authorization: `Bearer ${await this.keys.token(role)}` };
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${await app?.getUrl()}${path}`, {
      method,
      headers: { ...json, ...authorization, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  async report<T>(path: string): Promise<T> {
    const { status, body } = await this.call(`/analytics/${path}`, { role: 'analyst' });
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  token(role: Role): Promise<string> {
    return this.keys.token(role);
  }

  /** Says messages, in this order, as orders would. */
  async say(messages: readonly Sealed[]): Promise<void> {
    const { topology, clients } = this;
    const publisher = new MessagePublisher({ topology, clients, accountId: ACCOUNT });
    for (const { error } of await publisher.publishBatch(messages)) if (error) throw error;
  }

  clickProducer(): StreamProducer<typeof Clicks> {
    const stream = resourcesOf(this.topology).streams[0]?.name ?? '';
    return new StreamProducer({ definition: Clicks, stream, clients: this.clients });
  }

  get stream(): string {
    return resourcesOf(this.topology).streams[0]?.name ?? '';
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async close(): Promise<void> {
    while (this.#replicas[0]) await this.drain(this.#replicas[0]);
    this.clients.close();
    this.keys.server.close();
    this.keys.server.closeAllConnections();
    await this.database.drop();
  }

  #config(name: string) {
    return parseConfig(configSchema, {
      PORT: '0',
      INSTANCE_ID: name,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
      DATABASE_URL: this.database.url,
      DATABASE_POOL_SIZE: '5',
      AWS_REGION: process.env['AWS_REGION'] ?? 'eu-west-1',
      PUBLIC_URL,
      JWKS_URL: this.keys.url,
      DRAIN_DELAY_MS: '0',
      ...this.env,
    });
  }
}

/** An issuer of access tokens. */
async function serveKeys(): Promise<{ url: string; server: Server; token: (role: Role) => Promise<string> }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    token: (role) =>
      new SignJWT({ roles: [role] })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
        .setIssuer(`${PUBLIC_URL}/auth`)
        .setAudience('lethe')
        .setSubject(randomUUID())
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
  };
}
