import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectedAdministrator, Database, migrate, prepareDatabase, statement } from '@lethe/database';
import { catalogDatabase } from '../src/catalog.database.js';

const name = `catalog_${randomUUID().replaceAll('-', '')}`;
const password = randomUUID();
const server = new URL(process.env['LETHE_POSTGRES_URL'] ?? '');
const admin = new ConnectedAdministrator({ url: server.href });
const OWNERS = statement(
  'spec.owners',
  `SELECT DISTINCT tableowner::text AS owner FROM pg_tables WHERE schemaname = 'public'`,
);

describe('the user that is prepared for the catalogue', () => {
  beforeAll(async () => {
    await prepareDatabase(admin, { name, signIn: { by: 'password', password } });
  });
  afterAll(async () => {
    await admin.run('postgres', `DROP DATABASE ${name} WITH (FORCE)`);
    await admin.run('postgres', `DROP ROLE ${name}`);
  });

  it('S57: has the power to migrate, its extension included, though it is no superuser and owns no database', async () => {
    const options = { ...catalogDatabase, url: `postgres://${name}:${password}@${server.host}/${name}` };

    const applied = await migrate(options);

    expect(applied).toHaveLength(catalogDatabase.migrations.length);
    const database = new Database(options);
    await database.open();
    expect(await database.pendingMigrations()).toEqual([]);
    expect(await database.query(OWNERS)).toEqual([{ owner: name }]);
    await database.close();
  });
});
