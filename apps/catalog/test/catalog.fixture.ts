import { randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { Cache } from '@lethe/cache';
import { type AwsClients, createClients } from '@lethe/aws';
import { catalogService } from '@lethe/contracts';
import { Database, migrate, statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { Inbox, Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import type { InputOf, MessageDefinition, MessageOf } from '@lethe/topology';
import { ProductCache } from '../src/product/cache/product-cache.js';
import { catalogDatabase } from '../src/catalog.database.js';
import { CREATE_PRODUCT, type ProductRow } from '../src/product/product.sql.js';

/** The region that the embedded services were told of. */
const REGION = process.env['AWS_REGION'] ?? 'eu-west-1';

/** A catalogue of one spec: its migrated database, a bucket, and what use cases are made of. */
export class CatalogFixture {
  readonly outbox: Outbox<typeof catalogService>;
  readonly inbox: Inbox;
  readonly units: UnitOfWork<typeof catalogService>;
  readonly region = REGION;
  /** Without Valkey. */
  readonly products = new ProductCache(new Cache({ namespace: 'spec' }), 5_000);

  private constructor(
    private readonly server: TestDatabase,
    readonly database: Database,
    readonly clients: AwsClients,
    readonly bucket: string,
    private readonly bell = new Wake(database),
  ) {
    this.outbox = new Outbox(catalogService, bell);
    this.inbox = new Inbox(database, this.outbox);
    this.units = new UnitOfWork(database, this.outbox);
  }

  static async create(): Promise<CatalogFixture> {
    const server = await testDatabase();
    await migrate({ ...catalogDatabase, url: server.url });
    const database = new Database({ ...catalogDatabase, url: server.url, poolSize: 20 });
    await database.open();
    const clients = createClients({ region: REGION });
    const bucket = `imports-${randomUUID()}`;
    await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    return new CatalogFixture(server, database, clients, bucket);
  }

  get databaseUrl(): string {
    return this.server.url;
  }

  /** Rows of any statement. */
  query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(statement(`spec-${text.length}-${hashOf(text)}`, text), values);
  }

  /** A product with so many units; its id. */
  async addProduct(
    available: number,
    product: Partial<Record<'sku' | 'name' | 'category', string>> = {},
  ): Promise<string> {
    const sku = product.sku ?? `SKU-${randomUUID()}`;
    const name = product.name ?? 'Lantern';
    const values = [uuidv7(), sku, name, '', product.category ?? 'lights', 250, 'GBP', available];
    const [row] = await this.database.query<ProductRow>(CREATE_PRODUCT, values);
    return row?.id ?? '';
  }

  /** Messages that wait in the outbox, oldest first. */
  async outgoing(): Promise<{ type: string; key: string; data: unknown }[]> {
    const rows = await this.query<{ type: string; key: string; body: string }>(
      'SELECT type, key, body FROM outbox ORDER BY seq',
    );
    return rows.map(({ type, key, body }) => ({ type, key, data: (JSON.parse(body) as { data: unknown }).data }));
  }

  async close(): Promise<void> {
    this.bell.close();
    this.clients.close();
    await this.database.close();
    await this.server.drop();
  }
}

/** A message as the transport hands it over. */
export function messageOf<D extends MessageDefinition>(definition: D, data: InputOf<D>): MessageOf<D> {
  return {
    id: uuidv7(),
    type: definition.type,
    source: 'orders',
    time: new Date().toISOString(),
    subject: undefined,
    traceparent: undefined,
    actor: undefined,
    data: definition.schema.parse(data) as MessageOf<D>['data'],
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash;
}
