import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, migrate } from '@lethe/database';
import { testDatabase } from '@lethe/local-cloud';
import { databaseOptions } from '../src/analytics.database.js';

describe('the migrations', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeAll(async () => {
    server = await testDatabase();
    const options = databaseOptions({ DATABASE_URL: server.url, DATABASE_POOL_SIZE: 2 });
    await migrate(options);
    database = new Database(options);
    await database.open();
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  it('make the schema that the entities map', async () => {
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();

    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('leave nothing to do for a second run', async () => {
    expect(await migrate(databaseOptions({ DATABASE_URL: server.url, DATABASE_POOL_SIZE: 2 }))).toEqual([]);
  });
});
