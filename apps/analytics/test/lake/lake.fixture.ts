import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type AwsClients, createClients } from '@lethe/aws';
import { type LakeEvent, lakeColumns } from '@lethe/contracts';
import { Database, migrate } from '@lethe/database';
import { testDatabase } from '@lethe/local-cloud';
import { LakeObjects, decodeParquet, readManifest } from '@lethe/warehouse';
import { databaseOptions } from '../../src/analytics.database.js';
import { LakeKeeper } from '../../src/lake/lake-keeper.js';
import { LakeLog } from '../../src/lake/lake-log.js';
import { DEFAULT_LAKE_SETTINGS, type LakeSettings } from '../../src/lake/lake-settings.js';

/** A lake of the test's own: a database, a bucket, and what keeps them. */
export class TestLake {
  readonly log = new LakeLog();
  readonly objects: LakeObjects;

  private constructor(
    readonly database: Database,
    readonly clients: AwsClients,
    readonly settings: LakeSettings,
    private readonly server: Awaited<ReturnType<typeof testDatabase>>,
  ) {
    this.objects = new LakeObjects(clients.s3, settings.bucket);
  }

  static async create(settings: Partial<LakeSettings> = {}): Promise<TestLake> {
    const bucket = `lake-${randomUUID()}`;
    const clients = createClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
    const [server] = await Promise.all([testDatabase(), clients.s3.send(new CreateBucketCommand({ Bucket: bucket }))]);
    const options = databaseOptions({ DATABASE_URL: server.url, DATABASE_POOL_SIZE: 5 });
    await migrate(options);
    const database = new Database(options);
    await database.open();
    const all = { ...DEFAULT_LAKE_SETTINGS, keepReplacedMs: 0, leaseMs: 0, ...settings, bucket };
    return new TestLake(database, clients, all, server);
  }

  keeper(parts: { database?: Pick<Database, 'query' | 'transaction'>; objects?: LakeObjects } = {}): LakeKeeper {
    return new LakeKeeper(parts.database ?? this.database, parts.objects ?? this.objects, this.settings);
  }

  /** One that keeps it by other settings. */
  keeperWith(settings: Partial<LakeSettings>): LakeKeeper {
    return new LakeKeeper(this.database, this.objects, { ...this.settings, ...settings });
  }

  async append(events: readonly LakeEvent[]): Promise<void> {
    await this.database.transaction((tx) => this.log.append(tx, events));
  }

  /** Every object of the bucket, with its bytes. */
  async objectsOf(): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    const { Contents = [] } = await this.clients.s3.send(new ListObjectsV2Command({ Bucket: this.settings.bucket }));
    for (const { Key = '' } of Contents) {
      const { Body } = await this.clients.s3.send(new GetObjectCommand({ Bucket: this.settings.bucket, Key }));
      found.set(Key, Buffer.from((await Body?.transformToByteArray()) ?? []));
    }
    return found;
  }

  /** The rows of all files that the published manifest names. */
  async rows(): Promise<LakeEvent[]> {
    const files = await readManifest(this.objects);
    const rows = await Promise.all(
      files.map(async ({ key }) => decodeParquet(lakeColumns, await this.objects.get(key))),
    );
    return rows.flat() as LakeEvent[];
  }

  async close(): Promise<void> {
    await this.database.close();
    this.clients.close();
    await this.server.drop();
  }
}

/** A click at a time. */
export function click(id: string, at: string, over: Partial<LakeEvent> = {}): LakeEvent {
  return {
    event_id: id,
    event_type: 'click',
    occurred_at: new Date(at).toISOString(),
    session_id: 's',
    detail: 'view',
    ...over,
  };
}

/** A confirmed order of one line, as its two events. */
export function sale(orderId: string, at: string, over: Partial<LakeEvent> = {}): LakeEvent[] {
  const time = new Date(at).toISOString();
  const order = { occurred_at: time, placed_at: time, order_id: orderId, amount: 250, currency: 'GBP', ...over };
  return [
    { event_id: `${orderId}/confirmed`, event_type: 'order-confirmed', ...order },
    {
      event_id: `${orderId}/line/1`,
      event_type: 'order-line',
      line_no: 1,
      product_id: 'p1',
      sku: '21232',
      product_name: 'MUG',
      units: 1,
      ...order,
    },
  ];
}
