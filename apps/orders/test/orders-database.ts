import { Database, migrate, statement } from '@lethe/database';
import { testDatabase } from '@lethe/local-cloud';
import { databaseOptions } from '../src/orders.database.js';

const MESSAGES = statement('test.messages', 'SELECT type, body::jsonb AS body FROM outbox WHERE key = $1 ORDER BY seq');
const ALL_KEYS = statement('test.count', 'SELECT count(*) AS count FROM orders WHERE customer_id = $1');

/** A fresh, migrated database of the service. */
export class OrdersDatabase {
  private constructor(
    readonly url: string,
    readonly database: Database,
    private readonly drop: () => Promise<void>,
  ) {}

  static async create(): Promise<OrdersDatabase> {
    const fresh = await testDatabase();
    const options = databaseOptions({ DATABASE_URL: fresh.url, DATABASE_POOL_SIZE: 12 });
    await migrate(options);
    const database = new Database({ ...options, onIdleError: () => undefined });
    await database.open();
    return new OrdersDatabase(fresh.url, database, () => fresh.drop());
  }

  run<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(statement(`test.${text.slice(0, 50)}`, text), values);
  }

  /** The messages of one key that wait in the outbox, in order. */
  async messages(key: string): Promise<{ type: string; data: unknown }[]> {
    const rows = await this.database.query<{ type: string; body: { data: unknown } }>(MESSAGES, [key]);
    return rows.map(({ type, body }) => ({ type, data: body.data }));
  }

  async ordersOf(customerId: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(ALL_KEYS, [customerId]);
    return row?.count ?? 0;
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.drop();
  }
}
