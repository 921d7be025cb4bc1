import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import pg from 'pg';
import { orderValues } from '../src/orders/order-values.js';
import { type OrdersProgram, migrateOrders, openOrders, placeOrderStatement } from '../src/orders/orders-program.js';
import { type Placer, bareInOne, bareOneByOne, typeormQuery, typeormSave } from '../src/orders/placers.js';

let database: TestDatabase;
let client: pg.Client;
let program: OrdersProgram;

beforeAll(async () => {
  database = await testDatabase();
  await migrateOrders(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  program = await openOrders(database.url);
});
afterAll(async () => {
  await program.close();
  await client.end();
  await database.drop();
});

/** What stands in the tables of one order, in the columns that every way fills. */
async function rowsOf(customerId: string): Promise<unknown> {
  const { rows } = await client.query(
    `SELECT o.status, o.currency, o.total, o.subtotal, o.payment_token, o.timer_id IS NOT NULL AS timed,
       (SELECT json_agg(json_build_array(position, product_id, sku, name, quantity, unit_price) ORDER BY position)
        FROM order_line WHERE order_id = o.id) AS lines,
       (SELECT json_agg(json_build_array(version, status, cause)) FROM order_history WHERE order_id = o.id) AS history,
       (SELECT json_agg(type ORDER BY type) FROM outbox WHERE key = o.id::text) AS messages,
       (SELECT json_agg(type) FROM outbox_scheduled WHERE key = o.id::text) AS timers,
       (SELECT count(*)::int FROM idempotency_key WHERE body LIKE '%' || o.id || '%') AS keys
     FROM orders o WHERE o.customer_id = $1`,
    [customerId],
  );
  return rows;
}

describe('the ways to place an order', () => {
  it('write the same rows, or the benchmark would be unfair', async () => {
    const { url } = database;
    const useCase = randomUUID();
    await program.place(useCase, randomUUID());
    const wanted = await rowsOf(useCase);
    const ways: Placer[] = [
      bareOneByOne(url),
      bareInOne(url, await placeOrderStatement()),
      await typeormQuery(url),
      await typeormSave(url, program.entities),
    ];

    expect(wanted).toEqual([expect.objectContaining({ keys: 1, timed: true })]);
    expect(await program.list(useCase)).toMatchObject({ items: [{ status: 'pending' }] });
    for (const way of ways) {
      const customer = randomUUID();
      await way.place(orderValues(customer));
      await way.close();
      expect(await rowsOf(customer)).toEqual(wanted);
    }
  });
});
