import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { Pool } from 'pg';
import type { StreamBatch } from '../../src/index.js';
import { type ReplayTarget, leasesOf, replayed, requestReplay } from '../../src/operations.js';
import { PostgresCheckpoints, checkpointTable } from '../../src/postgres.js';
import { intercept } from '../faults.js';
import { type Steps, TestStream, newClients, range } from '../test-stream.js';

const KEYS = ['a', 'b', 'c'];
const [EARLY, LATE] = [5, 40];

describe('a replay where the checkpoints are in Postgres', () => {
  let test: TestStream;
  let database: TestDatabase;
  let pool: Pool;
  let target: ReplayTarget;
  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url });
    await pool.query(checkpointTable());
    // Nothing of an effect's own would notice a repetition.
    await pool.query('CREATE TABLE effect (at bigserial PRIMARY KEY, key text NOT NULL, n integer NOT NULL)');
  });
  beforeEach(async () => {
    await pool.query('TRUNCATE effect, stream_checkpoint');
    test = await TestStream.create(1);
    const { clients, table, application, stream } = test;
    target = { dynamodb: clients.dynamodb, table, application, stream };
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const effects = async (): Promise<Map<string, number[]>> => {
    const { rows } = await pool.query<{ key: string; n: number }>('SELECT key, n FROM effect ORDER BY at');
    return new Map(KEYS.map((key) => [key, rows.filter((row) => row.key === key).map(({ n }) => n)]));
  };
  const each = (steps: readonly number[]): Map<string, readonly number[]> => new Map(KEYS.map((key) => [key, steps]));
  const putAll = (from: number, to: number) => Promise.all(KEYS.map((key) => test.put(key, from, to)));

  /** A worker whose every third transaction fails at its end, and every fifth COMMIT is not answered. */
  const worker = (name: string, clients = test.clients, alive: () => boolean = () => true) => {
    const checkpoints = new PostgresCheckpoints({ database: pool, application: test.application });
    let transactions = 0;
    const handle = async (batch: StreamBatch<typeof Steps>): Promise<void> => {
      const tx = await pool.connect();
      try {
        await tx.query('BEGIN');
        await checkpoints.advance(tx, batch);
        const [keys, steps] = [batch.records.map(({ data }) => data.key), batch.records.map(({ data }) => data.n)];
        await tx.query('INSERT INTO effect (key, n) SELECT * FROM unnest($1::text[], $2::int[])', [keys, steps]);
        transactions += 1;
        if (transactions % 3 === 0 || !alive()) throw new Error('a handler that fails at its end');
        await tx.query('COMMIT');
      } catch (error) {
        tx.release(true);
        throw error;
      }
      tx.release();
      if (transactions % 5 === 0) throw new Error('the answer to COMMIT was lost');
    };
    return test.group({ worker: name, batchSize: 7, leaseDurationMs: 600, checkpoints, handle }, clients).group;
  };

  it('R23: from the time on every record takes effect exactly once more, in order, though a worker dies meanwhile', async () => {
    await putAll(1, EARLY);
    const from = new Date(Date.now() + 1);
    await eventually(() => expect(Date.now()).toBeGreaterThan(from.getTime()));
    await putAll(EARLY + 1, LATE);
    const clients = newClients();
    let alive = true;
    for (const operation of ['UpdateItem', 'BatchGetItem'])
      intercept(clients.dynamodb, operation, (input, send) =>
        alive ? send(input) : Promise.reject(new Error('it is dead')),
      );
    await worker('dies', clients, () => alive).start();
    await eventually(async () => expect(await effects()).toEqual(each(range(1, LATE))));

    await requestReplay(target, from);
    await eventually(async () => expect((await effects()).get('a')?.length).toBeGreaterThan(LATE));
    alive = false;
    await worker('heir').start();
    const again = [...range(1, LATE), ...range(EARLY + 1, LATE)];
    await eventually(async () => expect(await effects()).toEqual(each(again)));
    await putAll(LATE + 1, LATE + 5);

    await eventually(async () => expect(await effects()).toEqual(each([...again, ...range(LATE + 1, LATE + 5)])));
    await test.close();
    clients.close();
  });

  it('R23: two orders to read again from the same time are two, and one of them that changes hands stays one', async () => {
    const kept = new PostgresCheckpoints({ database: pool, application: test.application });
    const [tenure, at] = [{ stream: 'steps', shardId: 's' }, 'AT_TIMESTAMP:5'];
    const advance = (from: string, to: string, fence: number) =>
      kept.advance(pool, { ...tenure, fence, position: { from, to } });
    expect(await kept.open({ ...tenure, fence: 5 }, at, 5)).toBe(at);
    await advance(at, '10', 5);

    expect(await kept.open({ ...tenure, fence: 6 }, at, 5)).toBe('10');
    expect(await kept.open({ ...tenure, fence: 7 }, at, 7)).toBe(at);
    await test.close();
  });

  it('the rows of the leases tell where the checkpoints are, and which replay they are from', async () => {
    await putAll(1, 2);
    await worker('w').start();
    await eventually(async () => expect(await effects()).toEqual(each([1, 2])));
    await requestReplay(target, new Date(0));
    expect(await replayed(target, AbortSignal.timeout(10_000))).toMatchObject({ shards: 1, waiting: [] });
    await eventually(async () => expect(await effects()).toEqual(each([1, 2, 1, 2])));

    const [lease] = await leasesOf(target, test.stream);
    expect(lease).toMatchObject({ checkpointsIn: 'table stream_checkpoint of PostgreSQL' });
    expect(lease?.replayedAt).toBeLessThanOrEqual(lease?.counter ?? 0);
    await test.close();
  });
});
