import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { deferred } from '@lethe/testing';
import {
  CommitOutcomeUnknownError,
  DatabaseError,
  DatabaseUnavailableError,
  TransactionEndedError,
  TransactionRetriesExhaustedError,
} from '../src/database.errors.js';
import type { Database } from '../src/database.js';
import { type Tx, statement } from '../src/statement.js';
import { BACKEND, DatabaseFixture, KILL } from './fixture.js';

const READ = statement('spec.read', 'SELECT amount FROM account WHERE id = $1');
const ADD = statement('spec.add', 'UPDATE account SET amount = amount + $2 WHERE id = $1 RETURNING amount');
const INSERT = statement('spec.insert', 'INSERT INTO account (id, amount) VALUES ($1, $2)');
const WRONG = statement('spec.wrong', 'SELECT 1 / 0');

describe('transaction', () => {
  let fixture: DatabaseFixture;
  let database: Database;
  let operator: Database;

  beforeAll(async () => {
    fixture = await DatabaseFixture.create();
    operator = await fixture.open();
    const [name] = await operator.query<{ name: string }>(statement('spec.name', 'SELECT current_database() AS name'));
    await operator.dataSource.query(`ALTER DATABASE ${name?.name} SET deadlock_timeout = '50ms'`);
    database = await fixture.open({ poolSize: 4 });
    await database.dataSource.query('CREATE TABLE account (id int PRIMARY KEY, amount bigint NOT NULL)');
    await database.dataSource.query(
      'CREATE TABLE entry (account int REFERENCES account DEFERRABLE INITIALLY DEFERRED)',
    );
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE account, entry');
    await database.dataSource.query('INSERT INTO account VALUES (1, 0), (2, 0)');
  });

  const amount = async (id: number): Promise<number | undefined> =>
    (await database.query<{ amount: number }>(READ, [id]))[0]?.amount;
  const backendOf = async (tx: Tx): Promise<number> => (await tx.query<{ pid: number }>(BACKEND))[0]?.pid ?? 0;
  const kill = async (pid: number): Promise<void> => {
    const [row] = await operator.query<{ killed: boolean }>(KILL, [pid]);
    expect(row?.killed).toBe(true);
  };

  it('commits what the work did, on one connection', async () => {
    const pids = await database.transaction(async (tx) => {
      await tx.query(ADD, [1, 5]);
      return [await backendOf(tx), await backendOf(tx)];
    });

    expect(await amount(1)).toBe(5);
    expect(pids[0]).toBe(pids[1]);
  });

  it('rolls back where the work throws, and throws the same', async () => {
    const failure = new Error('no');

    const running = database.transaction(async (tx) => {
      await tx.query(ADD, [1, 5]);
      throw failure;
    });

    await expect(running).rejects.toBe(failure);
    expect(await amount(1)).toBe(0);
  });

  it('gives an entity manager on the same connection and in the same transaction', async () => {
    await database.transaction(async (tx) => {
      await tx.query(ADD, [1, 7]);
      const rows: { amount: number; pid: number }[] = await tx.manager.query(
        'SELECT amount, pg_backend_pid() AS pid FROM account WHERE id = 1',
      );
      expect(rows).toEqual([{ amount: 7, pid: await backendOf(tx) }]);
      await expect(
        tx.manager.transaction(async (nested) => {
          await nested.query('UPDATE account SET amount = 99 WHERE id = 2');
          throw new Error('only the savepoint');
        }),
      ).rejects.toThrow('only the savepoint');
    });

    expect([await amount(1), await amount(2)]).toEqual([7, 0]);
  });

  it('R33: runs the whole work again after a serialization failure', async () => {
    const [first, second] = [deferred(), deferred()];
    let runs = 0;
    const increment = (mine: () => void, other: Promise<void>) =>
      database.transaction(
        async (tx) => {
          runs += 1;
          const [row] = await tx.query<{ amount: number }>(READ, [1]);
          mine();
          await other;
          await tx.query(ADD, [1, (row?.amount ?? 0) + 1 - (row?.amount ?? 0)]);
        },
        { isolation: 'SERIALIZABLE' },
      );

    await Promise.all([increment(first.resolve, second.promise), increment(second.resolve, first.promise)]);

    expect(await amount(1)).toBe(2);
    expect(runs).toBe(3);
  });

  it('R33: runs the whole work again after a deadlock', async () => {
    const [first, second] = [deferred(), deferred()];
    let runs = 0;
    const move = (from: number, to: number, mine: () => void, other: Promise<void>) =>
      database.transaction(async (tx) => {
        runs += 1;
        await tx.query(ADD, [from, -1]);
        mine();
        await other;
        await tx.query(ADD, [to, 1]);
      });

    await Promise.all([move(1, 2, first.resolve, second.promise), move(2, 1, second.resolve, first.promise)]);

    expect([await amount(1), await amount(2)]).toEqual([0, 0]);
    expect(runs).toBe(3);
  });

  it('R33: runs the whole work again where its backend is killed before COMMIT', async () => {
    let runs = 0;

    await database.transaction(async (tx) => {
      runs += 1;
      const pid = await backendOf(tx);
      await tx.query(ADD, [1, 1]);
      if (runs === 1) await kill(pid);
      await tx.query(ADD, [2, 1]);
    });

    expect(runs).toBe(2);
    expect([await amount(1), await amount(2)]).toEqual([1, 1]);
  });

  it('runs the work again where the backend dies while the work is busy elsewhere', async () => {
    let runs = 0;

    await database.transaction(async (tx) => {
      runs += 1;
      const pid = await backendOf(tx);
      await tx.query(ADD, [1, 1]);
      if (runs === 1) {
        await kill(pid);
        throw new Error('failed for want of the connection, or so it seems');
      }
    });

    expect(runs).toBe(2);
    expect(await amount(1)).toBe(1);
  });

  it('gives up after the last try, with the SQLSTATE and the cause', async () => {
    let runs = 0;

    const running = database.transaction(async (tx) => {
      runs += 1;
      await tx.manager.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
    });

    await expect(running).rejects.toMatchObject({ attempts: 5, sqlState: '40001', status: 503 });
    await expect(running).rejects.toBeInstanceOf(TransactionRetriesExhaustedError);
    expect(runs).toBe(5);
  });

  it('never repeats the work where it is told to try once', async () => {
    let runs = 0;

    const running = database.transaction(
      async (tx) => {
        runs += 1;
        await kill(await backendOf(tx));
        await tx.query(ADD, [1, 1]);
      },
      { attempts: 1 },
    );

    await expect(running).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(runs).toBe(1);
  });

  it('does not repeat the work for a refusal, nor for the failure of another system', async () => {
    let runs = 0;
    const elsewhere = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

    const refused = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(INSERT, [1, 1]);
    });
    const failed = database.transaction(() => {
      runs += 1;
      return Promise.reject(elsewhere);
    });

    await expect(refused).rejects.toMatchObject({ sqlState: '23505', constraint: 'account_pkey' });
    await expect(failed).rejects.toBe(elsewhere);
    expect(runs).toBe(2);
  });

  it('reports a rollback that COMMIT turned into, where the work swallowed an error', async () => {
    const running = database.transaction(async (tx) => {
      await tx.query(ADD, [1, 1]);
      await tx.query(WRONG).catch(() => 'swallowed');
    });

    await expect(running).rejects.toBeInstanceOf(DatabaseError);
    await expect(running).rejects.toMatchObject({ cause: { sqlState: '22012' } });
    expect(await amount(1)).toBe(0);
  });

  it('reports a refusal by COMMIT itself as a refusal', async () => {
    const running = database.transaction(async (tx) => {
      await tx.manager.query('INSERT INTO entry VALUES (404)');
    });

    await expect(running).rejects.toMatchObject({ name: 'DatabaseError', sqlState: '23503' });
  });

  it('does not guess where the connection dies after COMMIT was sent', async () => {
    let runs = 0;

    // The deferred trigger runs inside COMMIT and ends its own backend there.
    await database.dataSource.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$`);
    await database.dataSource.query(`
      CREATE CONSTRAINT TRIGGER dying AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.amount = 13) EXECUTE FUNCTION die()`);
    const running = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(ADD, [1, 13]);
    });

    await expect(running).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(runs).toBe(1);
  });

  it('tells listeners of the commit, and only of it', async () => {
    const told: string[] = [];

    await database.transaction(async (tx) => {
      tx.afterCommit(() => told.push('committed'));
      await tx.query(ADD, [1, 1]);
      expect(told).toEqual([]);
    });
    const failing = database.transaction((tx) => {
      tx.afterCommit(() => told.push('rolled back'));
      return Promise.reject(new Error('no'));
    });

    await expect(failing).rejects.toThrow('no');
    expect(told).toEqual(['committed']);
  });

  it('has told all who promised something after the commit, and has let go of its connection by then', async () => {
    Logger.overrideLogger(false);
    const idle: number[] = [];

    await database.transaction(async (tx) => {
      tx.afterCommit(async () => {
        await database.ping();
        idle.push(database.poolState.total - database.poolState.idle);
      });
      tx.afterCommit(() => Promise.reject(new Error('deaf')));
      await tx.query(ADD, [1, 1]);
    });

    expect(idle).toEqual([0]);
    expect(await amount(1)).toBe(1);
  });

  it('is committed even where a listener throws', async () => {
    Logger.overrideLogger(false);
    await database.transaction(async (tx) => {
      tx.afterCommit(() => {
        throw new Error('deaf');
      });
      await tx.query(ADD, [1, 1]);
    });

    expect(await amount(1)).toBe(1);
  });

  it('refuses a transaction that has ended, whose connection is another one’s by now', async () => {
    const leaked: Tx[] = [];
    await database.transaction((tx) => Promise.resolve(leaked.push(tx)));
    const [tx] = leaked;

    await expect(tx?.query(BACKEND)).rejects.toBeInstanceOf(TransactionEndedError);
    expect(() => tx?.manager).toThrow(TransactionEndedError);
    expect(() => tx?.afterCommit(() => undefined)).toThrow(TransactionEndedError);
  });

  it('leaks no connection, whatever the end', async () => {
    const ends: (() => Promise<unknown>)[] = [
      () => database.transaction((tx) => tx.query(BACKEND)),
      () => database.transaction((tx) => tx.query(WRONG)),
      () => database.transaction(async (tx) => kill(await backendOf(tx)), { attempts: 1 }),
      () => database.query(WRONG),
      () => database.transaction(() => Promise.reject(new Error('no'))),
    ];

    await Promise.allSettled(Array.from({ length: 8 }, () => ends.map((end) => end())).flat());

    expect(database.poolState.waiting).toBe(0);
    expect(database.poolState.idle).toBe(database.poolState.total);
    await Promise.all(Array.from({ length: 8 }, () => database.ping()));
  });
});
