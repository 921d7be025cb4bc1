import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@lethe/database';
import { catalogDatabase } from '../src/catalog.database.js';
import { CatalogFixture } from './catalog.fixture.js';

let catalog: CatalogFixture;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
});
afterAll(() => catalog.close());

describe('the database of catalog', () => {
  it('is up to date after one run of the migrations; a second does nothing', async () => {
    expect(await migrate({ ...catalogDatabase, url: catalog.databaseUrl })).toEqual([]);
    expect(await catalog.database.pendingMigrations()).toEqual([]);
  });

  it('has the tables that the entities map', async () => {
    for (const entity of catalogDatabase.entities) {
      await expect(catalog.database.dataSource.manager.find(entity)).resolves.toEqual([]);
    }
  });

  it.each([
    ['available = available - 2', 'stock_available_check'],
    ['reserved = reserved + 1', 'stock_conserved'],
    ['available = available - 1', 'stock_conserved'],
    ['sold = sold - 1, adjusted = adjusted - 1', 'stock_sold_check'],
  ])('C3, R25: refuses to lose or owe a unit: %s', async (change, constraint) => {
    const id = await catalog.addProduct(1);

    await expect(catalog.query(`UPDATE stock SET ${change} WHERE product_id = $1`, [id])).rejects.toMatchObject({
      constraint,
    });
  });

  it('goes down and up again', async () => {
    const { dataSource } = catalog.database;
    for (const _ of catalogDatabase.migrations.slice(-3)) await dataSource.undoLastMigration();

    expect(await catalog.database.pendingMigrations()).toHaveLength(3);
    expect(await migrate({ ...catalogDatabase, url: catalog.databaseUrl })).toHaveLength(3);
  });
});
