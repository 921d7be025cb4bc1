import { expect, it } from '@jest/globals';
import { testDatabase } from '@lethe/local-cloud';
import pg from 'pg';
import { openHotProduct } from '../src/orders/catalog-program.js';

it('a hot product loses a unit each way, and the use case says so', async () => {
  const database = await testDatabase();
  const product = await openHotProduct(database.url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();

  await product.bare();
  await Promise.all([product.reserve(), product.reserve()]);

  const { rows } = await client.query(
    `SELECT (SELECT reserved::int FROM stock) AS reserved, (SELECT count(*)::int FROM reservation) AS lines,
       (SELECT count(*)::int FROM inbox) AS received, (SELECT array_agg(DISTINCT type) FROM outbox) AS said`,
  );
  expect(rows).toEqual([{ reserved: 3, lines: 2, received: 2, said: ['catalog.stock-reserved.v1'] }]);
  await client.end();
  await product.stop();
  await database.drop();
});
