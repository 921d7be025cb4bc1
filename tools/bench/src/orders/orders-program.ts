import { type PlaceOrder, type Quote, ordersService } from '@lethe/contracts';
import { Database, type DatabaseOptions, type EntityClass, type Statement, migrate } from '@lethe/database';
import { IdempotencyKeys } from '@lethe/idempotency';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import { builtModule } from './built-program.js';

/** Connections of each contender: what a replica has. */
export const CONNECTIONS = 10;

interface Handler<C> {
  execute(command: C): Promise<unknown>;
}
type Class<A extends readonly unknown[], T> = new (...given: A) => T;
type Outgoing = Outbox<typeof ordersService>;

interface PlaceOrderModule {
  readonly PlaceOrderOnce: Class<
    [buyer: { id: string; mayBackdate: boolean }, key: string, request: PlaceOrder],
    object
  >;
  readonly PlaceOrderHandler: Class<
    [Database, IdempotencyKeys, Outgoing, catalog: { quote(): Promise<Quote> }, carts: object, saga: object],
    Handler<object>
  >;
}
interface FindOrdersModule {
  readonly FindOrders: Class<[customerId: string | null, limit: number, cursor: undefined], object>;
  readonly FindOrdersHandler: Class<[Database], Handler<object>>;
}
interface SagaModule {
  readonly OrderSaga: Class<[UnitOfWork<typeof ordersService>, Outgoing], object>;
}
interface DatabaseModule {
  readonly databaseOptions: (config: { DATABASE_URL: string; DATABASE_POOL_SIZE: number }) => DatabaseOptions;
}

/** Two products as the catalogue would quote them. */
export const PRODUCTS: Quote['items'] = [1, 2].map((n) => ({
  id: `019d0c5e-7a3c-7f00-8000-00000000000${n}`,
  sku: `SKU-${n}`,
  name: `WHITE HANGING HEART T-LIGHT HOLDER ${n}`,
  price: { amount: 255 * n, currency: 'GBP' },
}));
/** An order of two lines. */
export const REQUEST: PlaceOrder = {
  items: PRODUCTS.map(({ id }) => ({ productId: id, quantity: 2 })),
  paymentToken: 'tok_visa',
};

/** The use cases of orders as its built program has them, over a database of their own; no relay, no HTTP. */
export interface OrdersProgram {
  readonly place: (customerId: string, key: string) => Promise<unknown>;
  /** The newest page of 20; of everyone where the customer is null. */
  readonly list: (customerId: string | null) => Promise<unknown>;
  readonly entities: readonly EntityClass[];
  close(): Promise<void>;
}

const optionsOf = async (url: string): Promise<DatabaseOptions> => {
  const { databaseOptions } = await builtModule<DatabaseModule>('apps/orders/dist/orders.database.js');
  return databaseOptions({ DATABASE_URL: url, DATABASE_POOL_SIZE: CONNECTIONS });
};

/** Makes the tables of orders. */
export async function migrateOrders(url: string): Promise<void> {
  await migrate(await optionsOf(url));
}

/** The statement that places an order, of the built program. */
export async function placeOrderStatement(): Promise<Statement> {
  const { PLACE_ORDER } = await builtModule<{ PLACE_ORDER: Statement }>(
    'apps/orders/dist/order/place/place-order.sql.js',
  );
  return PLACE_ORDER;
}

/** Opens it over a database that has its tables. */
export async function openOrders(url: string): Promise<OrdersProgram> {
  const options = await optionsOf(url);
  const database = new Database(options);
  await database.open();
  const [placing, finding, { OrderSaga }] = await Promise.all([
    builtModule<PlaceOrderModule>('apps/orders/dist/order/place/place-order.js'),
    builtModule<FindOrdersModule>('apps/orders/dist/order-lists/find-orders.js'),
    builtModule<SagaModule>('apps/orders/dist/order/saga/order.saga.js'),
  ]);
  const wake = new Wake(database);
  const outbox = new Outbox(ordersService, wake);
  const saga = new OrderSaga(new UnitOfWork(database, outbox), outbox);
  const catalog = { quote: () => Promise.resolve({ items: PRODUCTS, missing: [] }) };
  const keys = new IdempotencyKeys(database);
  const placer = new placing.PlaceOrderHandler(database, keys, outbox, catalog, {}, saga);
  const finder = new finding.FindOrdersHandler(database);
  return {
    place: (id, key) => placer.execute(new placing.PlaceOrderOnce({ id, mayBackdate: false }, key, REQUEST)),
    list: (customerId) => finder.execute(new finding.FindOrders(customerId, 20, undefined)),
    entities: options.entities ?? [],
    async close() {
      wake.close();
      await database.close();
    },
  };
}
