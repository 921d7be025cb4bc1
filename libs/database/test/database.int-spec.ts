import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { DatabaseUnavailableError, isUniqueViolation } from '../src/database.errors.js';
import { Database } from '../src/database.js';
import { statement } from '../src/statement.js';
import { BACKEND, DatabaseFixture, KILL, SLEEP } from './fixture.js';

describe('Database', () => {
  let fixture: DatabaseFixture;
  let database: Database;

  beforeAll(async () => {
    fixture = await DatabaseFixture.create();
    database = await fixture.open();
    await database.dataSource.query('CREATE TABLE item (id int PRIMARY KEY, name text)');
  });
  afterAll(() => fixture.close());

  it('gives int8 as number, date as text and timestamptz as Date', async () => {
    const TYPES = statement(
      'spec.types',
      `SELECT 9007199254740991::int8 AS "int", date '2026-03-29' AS "day", timestamptz '2026-01-01T00:00:00Z' AS "at"`,
    );

    const rows = await database.query(TYPES);

    expect(rows).toEqual([{ int: Number.MAX_SAFE_INTEGER, day: '2026-03-29', at: new Date('2026-01-01T00:00:00Z') }]);
  });

  it('refuses an int8 that no number holds, and keeps its connection', async () => {
    const HUGE = statement('spec.huge', 'SELECT 9007199254740993::int8 AS huge');

    await expect(database.query(HUGE)).rejects.toThrow(/does not fit/);
    await database.ping();
  });

  it('prepares a statement once per connection', async () => {
    const single = await fixture.open({ poolSize: 1 });
    const COUNT = statement('spec.count', 'SELECT name FROM pg_prepared_statements ORDER BY name');

    await single.query(BACKEND);
    await single.query(BACKEND);

    expect(await single.query(COUNT)).toEqual([{ name: 'spec.backend' }, { name: 'spec.count' }]);
  });

  it('types a refusal with SQLSTATE, constraint, statement and cause, and keeps the connection', async () => {
    const single = await fixture.open({ poolSize: 1 });
    const INSERT = statement('spec.insert-item', 'INSERT INTO item VALUES (1, $1)');
    await single.query(INSERT, ['a']);
    const [before] = await single.query<{ pid: number }>(BACKEND);

    const failure: unknown = await single.query(INSERT, ['b']).catch((error: unknown) => error);

    expect(failure).toMatchObject({ sqlState: '23505', constraint: 'item_pkey', statement: 'spec.insert-item' });
    expect(failure).toHaveProperty('cause.severity', 'ERROR');
    expect(isUniqueViolation(failure, 'item_pkey')).toBe(true);
    expect(isUniqueViolation(failure, 'other')).toBe(false);
    expect(await single.query(BACKEND)).toEqual([before]);
  });

  it('goes on with another connection where a migration changed the columns of a prepared statement', async () => {
    const single = await fixture.open({ poolSize: 1 });
    const ALL = statement('spec.all', 'SELECT * FROM item WHERE id = 0');
    await single.query(ALL);

    await database.dataSource.query('ALTER TABLE item ADD COLUMN colour text');

    expect(await single.query(ALL)).toEqual([]);
    expect(await single.transaction((tx) => tx.query(ALL))).toEqual([]);
    await database.dataSource.query('ALTER TABLE item DROP COLUMN colour');
    expect(await single.transaction((tx) => tx.query(ALL))).toEqual([]);
  });

  it('outlives the death of an idle connection', async () => {
    const deaths: Error[] = [];
    const single = await fixture.open({ poolSize: 1, onIdleError: (error) => deaths.push(error) });
    const [row] = await single.query<{ pid: number }>(BACKEND);

    await database.query(KILL, [row?.pid]);

    await eventually(() => expect(deaths).toHaveLength(1));
    expect(await single.query(BACKEND)).not.toEqual([row]);
  });

  it('types a connection lost in the middle of a statement, and replaces it', async () => {
    const single = await fixture.open({ poolSize: 1 });
    const [row] = await single.query<{ pid: number }>(BACKEND);
    const ended = single.query(SLEEP, [20]).catch((error: unknown) => error);
    const BUSY = statement('spec.busy', `SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'`);
    await eventually(async () => expect(await database.query(BUSY, [row?.pid])).toHaveLength(1));

    await database.query(KILL, [row?.pid]);

    expect(await ended).toMatchObject({ reason: 'lost', status: 503, sqlState: '57P01' });
    await single.ping();
  });

  it('R04: ends a statement that takes too long', async () => {
    const hasty = await fixture.open({ statementTimeoutMs: 50 });

    await expect(hasty.query(SLEEP, [20])).rejects.toMatchObject({ reason: 'timeout', sqlState: '57014' });
  });

  it('R04: waits no longer than it is told for a free connection', async () => {
    const single = await fixture.open({ poolSize: 1, connectTimeoutMs: 100 });
    const release = deferred();
    const holding = single.transaction(() => release.promise);

    await expect(single.transaction((tx) => tx.query(BACKEND))).rejects.toMatchObject({ reason: 'timeout' });

    release.resolve();
    await holding;
  });

  it('R04: gives up a server that accepts a connection and says nothing', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const address = mute.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const unreachable = new Database({
      url: `postgres://nobody@127.0.0.1:${port}/none`,
      service: 'spec',
      migrations: [],
      connectTimeoutMs: 100,
    });

    await expect(unreachable.open()).rejects.toBeInstanceOf(DatabaseUnavailableError);

    mute.close();
  });

  it('refuses work before it is open and after it is closed', async () => {
    const closed = await fixture.open();
    await closed.close();
    await closed.close();

    await expect(closed.ping()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await expect(new Database(fixture.options()).ping()).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });

  it('lends a connection outside the pool, and tells when it is lost', async () => {
    const heard = deferred<string | undefined>();
    const pid = deferred<number>();
    const listening = database.withConnection<void>(async (client) => {
      client.on('notification', ({ payload }) => heard.resolve(payload));
      await client.query('LISTEN spec');
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      pid.resolve(rows[0]?.pid ?? 0);
      await new Promise(() => undefined);
    });
    const ended = listening.catch((error: unknown) => error);

    const backend = await pid.promise;
    await database.query(statement('spec.notify', `SELECT pg_notify('spec', 'ring')`));

    expect(await heard.promise).toBe('ring');
    await database.query(KILL, [backend]);
    expect(await ended).toMatchObject({ reason: 'lost' });
  });
});
