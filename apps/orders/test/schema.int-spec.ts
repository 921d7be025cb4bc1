import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@lethe/database';
import { OrdersDatabase } from './orders-database.js';

let orders: OrdersDatabase;
beforeAll(async () => {
  orders = await OrdersDatabase.create();
});
afterAll(() => orders.close());

describe('the migrations', () => {
  it('make the schema that the entities map', async () => {
    const { upQueries } = await orders.database.dataSource.driver.createSchemaBuilder().log();

    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('leave no sequential scan to the lists of orders', async () => {
    const plan = (sql: string) =>
      orders.database.transaction(async (tx) => {
        await tx.query(statement('test.no-seqscan', 'SET LOCAL enable_seqscan = off'));
        const rows = await tx.query<{ 'QUERY PLAN': string }>(statement(`test.${sql.length}`, `EXPLAIN ${sql}`));
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
    const newest = "'ffffffff-ffff-ffff-ffff-ffffffffffff'";

    expect(
      await plan(`SELECT * FROM orders WHERE customer_id = 'c' AND id < ${newest} ORDER BY id DESC LIMIT 20`),
    ).toMatch(/Index Scan Backward using orders_by_customer/);
    expect(await plan(`SELECT * FROM orders WHERE id < ${newest} ORDER BY id DESC LIMIT 20`)).toMatch(
      /Index Scan Backward using orders_pkey/,
    );
  });
});
