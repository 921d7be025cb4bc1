import { randomUUID } from 'node:crypto';
import { ReserveStock, catalogService } from '@lethe/contracts';
import { Database, type DatabaseOptions, migrate } from '@lethe/database';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import pg from 'pg';
import { builtModule } from './built-program.js';
import { CONNECTIONS } from './orders-program.js';

type Class<A extends readonly unknown[], T> = new (...given: A) => T;
interface ReserveModule {
  readonly ReserveOrderStock: Class<[MessageOf<typeof ReserveStock>], object>;
  readonly ReserveStockHandler: Class<
    [UnitOfWork<typeof catalogService>, products: { changed(): Promise<void> }],
    { execute(command: object): Promise<void> }
  >;
}
interface DatabaseModule {
  readonly catalogDatabase: Omit<DatabaseOptions, 'url'>;
}

/** Ways to take one unit of one product; `stop` ends what they have open. */
export interface HotProduct {
  /** The update alone, prepared, in a commit of its own. */
  readonly bare: () => Promise<unknown>;
  /** The use case that a `ReserveStock` of a new order leads to; no relay. */
  readonly reserve: () => Promise<unknown>;
  stop(): Promise<void>;
}

const PRODUCT = '019d0c5e-7a3c-7f00-8000-000000000001';
const STOCK = 1_000_000_000;
const TAKE = {
  name: 'bare.take',
  text: `UPDATE stock SET available = available - $2, reserved = reserved + $2, version = version + 1
         WHERE product_id = $1 AND available >= $2 RETURNING available`,
  values: [PRODUCT, 1],
};

/** Makes the tables of catalog with one product, and opens the use case of its built program. */
export async function openHotProduct(url: string): Promise<HotProduct> {
  const { catalogDatabase } = await builtModule<DatabaseModule>('apps/catalog/dist/catalog.database.js');
  const options = { ...catalogDatabase, url, poolSize: CONNECTIONS };
  await migrate(options);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  await pool.query(`INSERT INTO product (id, sku, name, description, category, price_amount, currency)
                    VALUES ('${PRODUCT}', 'HOT', 'Hot product', '', 'general', 255, 'GBP')`);
  await pool.query(`INSERT INTO stock (product_id, available, initial) VALUES ('${PRODUCT}', ${STOCK}, ${STOCK})`);
  const database = new Database(options);
  await database.open();
  const { ReserveOrderStock, ReserveStockHandler } = await builtModule<ReserveModule>(
    'apps/catalog/dist/stock/reserve-stock.js',
  );
  const wake = new Wake(database);
  const units = new UnitOfWork(database, new Outbox(catalogService, wake));
  const handler = new ReserveStockHandler(units, { changed: () => Promise.resolve() });
  const messageOf = (): MessageOf<typeof ReserveStock> => ({
    id: randomUUID(),
    type: ReserveStock.type,
    source: 'orders',
    time: new Date().toISOString(),
    subject: undefined,
    traceparent: undefined,
    actor: undefined,
    data: { orderId: randomUUID(), items: [{ productId: PRODUCT, quantity: 1 }] },
  });
  return {
    bare: () => pool.query(TAKE),
    reserve: () => handler.execute(new ReserveOrderStock(messageOf())),
    async stop() {
      wake.close();
      await database.close();
      await pool.end();
    },
  };
}
