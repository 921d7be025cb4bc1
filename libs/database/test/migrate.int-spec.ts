import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigrationError } from '../src/database.errors.js';
import { migrate } from '../src/migrate.js';
import { statement } from '../src/statement.js';
import { DatabaseFixture } from './fixture.js';

class First1700000000001 implements MigrationInterface {
  readonly name = 'First1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE first (id int)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE first');
  }
}

class Second1700000000002 implements MigrationInterface {
  readonly name = 'Second1700000000002';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE second (id int)');
    await runner.query('SELECT pg_sleep(0.05)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE second');
  }
}

class Broken1700000000003 implements MigrationInterface {
  readonly name = 'Broken1700000000003';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE third (id int)');
    await runner.query('SELECT 1 / 0');
  }
  async down(): Promise<void> {}
}

const TABLES = statement(
  'spec.tables',
  `SELECT table_name AS name FROM information_schema.tables
   WHERE table_name IN ('first', 'second', 'third') ORDER BY 1`,
);

describe('migrate', () => {
  let fixture: DatabaseFixture;
  beforeAll(async () => {
    fixture = await DatabaseFixture.create();
  });
  afterAll(() => fixture.close());

  it('H33: is never part of opening: a replica only sees what is pending', async () => {
    const database = await fixture.open({ migrations: [First1700000000001, Second1700000000002] });

    expect(await database.pendingMigrations()).toEqual(['First1700000000001', 'Second1700000000002']);
    expect(await database.query(TABLES)).toEqual([]);
  });

  it('of two at once lets the second wait and apply nothing', async () => {
    const options = fixture.options({ migrations: [First1700000000001, Second1700000000002] });

    const applied = await Promise.all([migrate(options), migrate(options), migrate(options)]);

    expect(applied.toSorted((a, b) => b.length - a.length)).toEqual([
      ['First1700000000001', 'Second1700000000002'],
      [],
      [],
    ]);
    const database = await fixture.open(options);
    expect(await database.pendingMigrations()).toEqual([]);
    expect(await database.query(TABLES)).toEqual([{ name: 'first' }, { name: 'second' }]);
  });

  it('leaves nothing of a migration that fails, names the cause, and gives the lock back', async () => {
    const failing = fixture.options({ migrations: [First1700000000001, Second1700000000002, Broken1700000000003] });

    await expect(migrate(failing)).rejects.toBeInstanceOf(MigrationError);
    await expect(migrate(failing)).rejects.toHaveProperty('cause.driverError.code', '22012');

    const database = await fixture.open(failing);
    expect(await database.query(TABLES)).toEqual([{ name: 'first' }, { name: 'second' }]);
    expect(await database.pendingMigrations()).toEqual(['Broken1700000000003']);
  });

  it('R38: finds nothing pending where a newer version has migrated further', async () => {
    const older = await fixture.open({ migrations: [First1700000000001] });

    expect(await older.pendingMigrations()).toEqual([]);
  });
});
