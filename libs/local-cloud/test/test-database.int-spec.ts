import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { testDatabase } from '../src/cloud/database.js';

describe('testDatabase', () => {
  it('gives a fresh database with trigrams, and drops it while a connection is still open', async () => {
    const database = await testDatabase();
    const client = new Client({ connectionString: database.url });
    const terminated = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('CREATE EXTENSION pg_trgm');
    const { rows } = await client.query(
      `SELECT similarity('Éclair', 'eclair')::float8 AS near, 'Ärger' ILIKE 'ä%' AS folded`,
    );

    await database.drop();

    expect(rows).toEqual([{ near: expect.any(Number), folded: true }]);
    expect((await terminated).message).toMatch(/terminating connection/);
  });
});
