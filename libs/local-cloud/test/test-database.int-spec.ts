import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { databaseUrlOn, ensureDatabaseOn, testDatabase } from '../src/cloud/database.js';

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

  it('makes a database by name once, however many ask for it at the same time', async () => {
    const name = `once_${process.pid}`;
    const server = process.env['LETHE_POSTGRES_URL'] ?? '';

    const made = await Promise.all([1, 2, 3, 4].map(() => ensureDatabaseOn(server, name)));

    expect(new Set(made)).toEqual(new Set([databaseUrlOn(server, name)]));
  });
});
