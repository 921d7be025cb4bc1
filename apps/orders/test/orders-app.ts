import { randomUUID } from 'node:crypto';
import { CreateTableCommand, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { cartsTable, ordersService, rateLimitsTable, revocationsTable, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { ServiceTokens, makeServiceKey } from '@lethe/identity';
import { provisionMessaging } from '@lethe/messaging/provision';
import { LOGGER, type Logger, createService, drain, parseConfig } from '@lethe/service-kit';
import { type Topology, defineTopology } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { request } from 'undici';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/orders.config.js';
import { CatalogStub } from './catalog-stub.js';
import { OrdersDatabase } from './orders-database.js';
import { SimulatorProcess } from './simulator-process.js';
import { TokenIssuer } from './token-issuer.js';

/** The keys of other services that call this one. */
const callers = { functions: makeServiceKey('functions'), catalog: makeServiceKey('catalog') };

/** What a test may send. */
export interface Call {
  /** A service that calls in place of a user. */
  readonly service?: keyof typeof callers;
  readonly as?: string;
  readonly roles?: readonly string[];
  readonly key?: string | readonly string[];
  readonly body?: unknown;
}

/** An answer, its body parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // Tests look into bodies of every shape.
  readonly body: Record<string, unknown> & { id: string };
}

/** What is around the service: real where there is an embedded one, a stub of the catalogue and of the token issuer. */
interface Surroundings {
  readonly orders: OrdersDatabase;
  readonly catalog: CatalogStub;
  readonly simulator: SimulatorProcess;
  readonly issuer: TokenIssuer;
  readonly clients: AwsClients;
  readonly topology: Topology;
}

/** How the service is started. */
interface StartOptions {
  readonly consume?: boolean;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Those of the payment simulator. */
  readonly provider?: Readonly<Record<string, string>>;
}

/** One replica of the service with everything around it. */
export class OrdersApp {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    private readonly around: Surroundings,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** Starts all of it; what was started is stopped again where something fails. */
  static async start({ consume = false, env = {}, provider = {} }: StartOptions = {}): Promise<OrdersApp> {
    const stops: (() => unknown)[] = [];
    const cleanUp = async (): Promise<void> => {
      for (const stop of stops.toReversed()) await stop();
    };
    try {
      const around = await surround(stops, provider);
      const app = await startService(around, consume, env);
      const onClosed = () => app.get(Database).close();
      stops.push(() => drain(app, { delayMs: 0, onClosed, logger: app.get<Logger>(LOGGER) }));
      await app.listen({ port: 0, host: '127.0.0.1' });
      return new OrdersApp(app, await app.getUrl(), around, cleanUp);
    } catch (error) {
      await cleanUp();
      throw error;
    }
  }

  /** Another replica of the service, in the same surroundings; stop it before this one. */
  async replica({ consume = false, env = {} }: StartOptions = {}): Promise<OrdersApp> {
    const app = await startService(this.around, consume, env);
    const onClosed = () => app.get(Database).close();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const stop = () => drain(app, { delayMs: 0, onClosed, logger: app.get<Logger>(LOGGER) });
    return new OrdersApp(app, await app.getUrl(), this.around, stop);
  }

  get orders(): OrdersDatabase {
    return this.around.orders;
  }
  get catalog(): CatalogStub {
    return this.around.catalog;
  }
  get simulator(): SimulatorProcess {
    return this.around.simulator;
  }
  get clients(): AwsClients {
    return this.around.clients;
  }
  get topology(): Topology {
    return this.around.topology;
  }

  /** The `authorization` header of a user. */
  bearer(user: string, roles?: readonly string[]): string {
    return this.around.issuer.bearer(user, roles);
  }

  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    { as: user = randomUUID(), roles, service, key, body }: Call = {},
  ): Promise<Answer> {
    const answer = await request(this.url + url, {
      method,
      headers: {
        authorization: service === undefined ? this.around.issuer.bearer(user, roles) : serviceBearer(service),
        ...(key === undefined ? {} : { 'idempotency-key': typeof key === 'string' ? key : [...key] }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(await answer.body.text()) };
  }

  stop(): Promise<void> {
    return this.cleanUp();
  }
}

function serviceBearer(service: keyof typeof callers): string {
  const key = JSON.stringify(callers[service].privateJwk);
  return `Bearer ${new ServiceTokens({ service, key }).tokenFor(ordersService.name)}`;
}

async function surround(stops: (() => unknown)[], provider: Readonly<Record<string, string>>): Promise<Surroundings> {
  const topology = defineTopology(`t${randomUUID().slice(0, 8)}`, store.services);
  const clients = new AwsClients({ region: 'eu-west-1' });
  stops.push(() => clients.close());
  const orders = await OrdersDatabase.create();
  stops.push(() => orders.close());
  const catalog = await CatalogStub.start();
  stops.push(() => catalog.stop());
  const issuer = await TokenIssuer.start();
  stops.push(() => issuer.stop());
  const simulator = await SimulatorProcess.start(provider);
  stops.push(() => simulator.stop());
  await Promise.all([
    provisionMessaging(topology, clients),
    createCartsTable(clients),
    provisionTable(revocationsTable, clients.dynamodb),
    provisionTable(rateLimitsTable, clients.dynamodb),
  ]);
  return { orders, catalog, simulator, issuer, clients, topology };
}

function startService(
  { orders, catalog, simulator, issuer, topology }: Surroundings,
  consume: boolean,
  env: Readonly<Record<string, string>>,
) {
  const config = parseConfig(configSchema, {
    INSTANCE_ID: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: orders.url,
    JWKS_URL: issuer.jwksUrl,
    SERVICE_KEY: JSON.stringify(makeServiceKey('orders').privateJwk),
    SERVICE_KEYS: JSON.stringify({ keys: Object.values(callers).map(({ publicJwk }) => publicJwk) }),
    CATALOG_URL: catalog.url,
    PAYMENT_URL: simulator.url,
    ...env,
  });
  const module = AppModule.forRoot(config, topology);
  return createService({ definition: ordersService, topology, module, config, consume });
}

async function createCartsTable({ dynamodb }: AwsClients): Promise<void> {
  const { name, partitionKey } = cartsTable;
  try {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
        KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}
