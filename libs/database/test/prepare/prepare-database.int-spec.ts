import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DatabasePreparationError } from '../../src/database.errors.js';
import { migrate } from '../../src/migrate.js';
import { prepareDatabase } from '../../src/prepare/prepare-database.js';
import { PrepareFixture } from './prepare.fixture.js';

const REFUSED = '42501';
const WRONG_PASSWORD = '28P01';
const password = 'a long pass phrase';
const byPassword = { by: 'password', password } as const;

class Things1700000000001 implements MigrationInterface {
  readonly name = 'Things1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query('CREATE TABLE things (name text NOT NULL)');
    await runner.query('CREATE INDEX ON things USING gin (name gin_trgm_ops)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE things');
  }
}
class MoreOfThings1700000000002 implements MigrationInterface {
  readonly name = 'MoreOfThings1700000000002';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE things ADD COLUMN amount integer');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE things DROP COLUMN amount');
  }
}

describe('prepareDatabase', () => {
  let admin: PrepareFixture;
  beforeAll(async () => {
    admin = await PrepareFixture.create();
  });
  afterAll(() => admin.close());

  /** Everything that the server knows of the rights of a service. */
  const rights = (name: string) =>
    admin.look(`SELECT r.rolname, r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolcanlogin, d.datacl::text, o.rolname AS owner
      FROM pg_roles r JOIN pg_database d ON d.datname = r.rolname JOIN pg_roles o ON o.oid = d.datdba
      WHERE r.rolname = '${name}'`);

  it('S57: makes a database and a user without power, and changes nothing when it runs again', async () => {
    const name = admin.name();

    expect(await prepareDatabase(admin, { name, signIn: byPassword })).toEqual({ name, database: 'created' });
    const made = await rights(name);
    expect(await prepareDatabase(admin, { name, signIn: byPassword })).toEqual({ name, database: 'unchanged' });

    expect(made).toMatchObject([
      { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolcanlogin: true, owner: admin.user },
    ]);
    expect(await rights(name)).toEqual(made);
    expect(await admin.answer(name, password, 'SELECT current_database() AS here')).toEqual([{ here: name }]);
  });

  it('may run several times at once', async () => {
    const names = [admin.name(), admin.name()];

    const all = [...names, ...names, ...names].map((name) => prepareDatabase(admin, { name, signIn: byPassword }));
    const prepared = await Promise.all(all);

    for (const name of names) {
      const created = prepared.filter((one) => one.name === name && one.database === 'created');
      expect(created).toHaveLength(1);
      expect(await admin.answer(name, password, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    }
  });

  it('S57: keeps services out of the databases of others, and lets none of them make or open anything else', async () => {
    const [orders, auth] = [admin.name(), admin.name()];
    await prepareDatabase(admin, { name: orders, signIn: byPassword });
    await prepareDatabase(admin, { name: auth, signIn: byPassword });

    expect(await admin.answer(orders, password, 'SELECT 1', auth)).toBe(REFUSED);
    const attempts = [
      `CREATE DATABASE more_${orders}`,
      `CREATE ROLE more_${orders}`,
      `ALTER ROLE ${orders} CREATEDB`,
      `SET ROLE ${auth}`,
      `SELECT pg_read_file('PG_VERSION')`,
      `COPY (SELECT 1) TO PROGRAM 'true'`,
      `ALTER DATABASE ${orders} RENAME TO renamed`,
    ];
    const answers = await Promise.all(attempts.map((text) => admin.answer(orders, password, text)));
    expect(answers).toEqual(attempts.map(() => REFUSED));
    // Who is not the owner gives nothing: Postgres only warns, so that one has to look.
    await admin.answer(orders, password, `GRANT CONNECT ON DATABASE ${orders} TO ${auth}`);
    expect(await admin.answer(auth, password, 'SELECT 1', orders)).toBe(REFUSED);
  });

  it('H33: lets the user migrate what is its own, extensions that are trusted included', async () => {
    const name = admin.name();
    await prepareDatabase(admin, { name, signIn: byPassword });
    const options = { url: admin.url(name, name, encodeURIComponent(password)), service: name };

    expect(await migrate({ ...options, migrations: [Things1700000000001] })).toEqual(['Things1700000000001']);
    await prepareDatabase(admin, { name, signIn: byPassword });
    expect(await migrate({ ...options, migrations: [Things1700000000001, MoreOfThings1700000000002] })).toEqual([
      'MoreOfThings1700000000002',
    ]);
  });

  it('S56: changes a password, and says neither to the server in a statement', async () => {
    const name = admin.name();
    await prepareDatabase(admin, { name, signIn: byPassword });
    await prepareDatabase(admin, { name, signIn: { by: 'password', password: 'another one' } });

    expect(await admin.answer(name, password, 'SELECT 1 AS one')).toBe(WRONG_PASSWORD);
    expect(await admin.answer(name, 'another one', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(admin.said.join('\n')).not.toMatch(/a long pass phrase|another one/);
  });

  it('S56: takes the password from who signs in by tokens, and leaves the administrator its own', async () => {
    const name = admin.name();
    await prepareDatabase(admin, { name, signIn: byPassword });
    await prepareDatabase(admin, { name, signIn: { by: 'iam' } });
    await prepareDatabase(admin, { name, signIn: { by: 'iam' } });

    expect(await admin.look(`SELECT rolpassword FROM pg_authid WHERE rolname = '${name}'`)).toEqual([
      { rolpassword: null },
    ]);
    const members = (of: string, member: string) =>
      admin.look(`SELECT inherit_option OR set_option AS used FROM pg_auth_members
        WHERE roleid = '${of}'::regrole AND member = '${member}'::regrole`);
    expect(await members('rds_iam', name)).toEqual([{ used: true }]);
    // Nothing but the right to administer it, which Postgres gives to who makes a role.
    expect(await members(name, admin.user)).toEqual([{ used: false }]);
  });

  it.each([
    ['a superuser', 'ALTER ROLE %s SUPERUSER', 'SUPERUSER'],
    ['who reads everything', 'GRANT pg_read_all_data TO %s', 'member of pg_read_all_data'],
  ])('S57: refuses a user that is there and is %s', async (_, text, power) => {
    const name = admin.name();
    await admin.look(`CREATE ROLE ${name} LOGIN`);
    await admin.look(text.replace('%s', name));

    const refused = prepareDatabase(admin, { name, signIn: byPassword });

    await expect(refused).rejects.toBeInstanceOf(DatabasePreparationError);
    await expect(refused).rejects.toThrow(power);
    expect(await admin.look(`SELECT FROM pg_database WHERE datname = '${name}'`)).toEqual([]);
  });

  it('S57: refuses a database that somebody else has opened to everybody', async () => {
    const name = admin.name();
    await admin.look(`CREATE DATABASE ${name}`);

    await expect(prepareDatabase(admin, { name, signIn: byPassword })).rejects.toThrow(/permission denied|anybody may/);
  });

  it.each(['Orders', 'orders-1', 'orders"; --', ''])('refuses the name %j', async (name) => {
    const before = admin.said.length;

    await expect(prepareDatabase(admin, { name, signIn: byPassword })).rejects.toBeInstanceOf(DatabasePreparationError);
    expect(admin.said).toHaveLength(before);
  });
});
