import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { Pool } from 'pg';
import type { StreamBatch } from '../../src/index.js';
import { BatchAppliedError, PostgresCheckpoints, StaleBatchError, checkpointTable } from '../../src/postgres.js';
import { intercept } from '../faults.js';
import { Steps, TestStream, newClients, range } from '../test-stream.js';

const RECORDS = Number(process.env['LETHE_STREAM_RECORDS'] ?? 1_500);
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What is done to a worker while it works. */
type Fate = 'killed' | 'paused' | 'stopped';

describe('PostgresCheckpoints', () => {
  let test: TestStream;
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    [test, database] = await Promise.all([TestStream.create(2), testDatabase()]);
    pool = new Pool({ connectionString: database.url });
    await pool.query(checkpointTable());
    // Nothing of an effect's own would notice a repetition.
    await pool.query('CREATE TABLE effect (at bigserial PRIMARY KEY, key text NOT NULL, n integer NOT NULL)');
  });
  beforeEach(() => pool.query('TRUNCATE effect, stream_checkpoint'));
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.close())));
  afterAll(async () => {
    await test.close();
    await pool.end();
    await database.drop();
  });

  const checkpoints = (of = pool) => new PostgresCheckpoints({ database: of, application: test.application });
  const effects = async (): Promise<Map<string, number[]>> => {
    const { rows } = await pool.query<{ key: string; n: number }>('SELECT key, n FROM effect ORDER BY at');
    return new Map(KEYS.map((key) => [key, rows.filter((row) => row.key === key).map(({ n }) => n)]));
  };

  const count = async (): Promise<number> => (await pool.query('SELECT 1 FROM effect')).rowCount ?? 0;

  /** A worker that can be killed: then neither AWS nor Postgres hear of it any more, and it hears of nothing. */
  const workers: Worker[] = [];
  class Worker {
    readonly #clients = newClients();
    readonly #pool: Pool;
    readonly group: ReturnType<TestStream['group']>['group'];
    #dead = false;
    #resume: () => void = () => undefined;
    #paused: Promise<void> | undefined;

    constructor(readonly name: string) {
      this.#pool = new Pool({ connectionString: database.url, application_name: name, max: 4 });
      // A connection that is cut says so, beside the statement that fails.
      const unheard = (): void => undefined;
      this.#pool.on('error', unheard).on('connect', (client) => client.on('error', unheard));
      for (const operation of ['GetRecords', 'GetShardIterator']) this.#mortal('kinesis', operation);
      for (const operation of ['UpdateItem', 'BatchGetItem', 'PutItem']) this.#mortal('dynamodb', operation);
      const kept = checkpoints(this.#pool);
      const handle = (batch: StreamBatch<typeof Steps>): Promise<void> => this.#handle(kept, batch);
      const options = { worker: name, batchSize: 40, leaseDurationMs: 500, checkpoints: kept, handle };
      this.group = test.group(options, this.#clients).group;
      workers.push(this);
    }

    async meet(fate: Fate): Promise<void> {
      if (fate === 'stopped') return this.group.stop();
      if (fate === 'paused') {
        this.#paused = new Promise((resolve) => {
          this.#resume = resolve;
        });
        return;
      }
      this.#dead = true;
      await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
        this.name,
      ]);
    }

    async close(): Promise<void> {
      this.#resume();
      await this.group.stop();
      await this.#pool.end();
      this.#clients.close();
    }

    #mortal(client: 'kinesis' | 'dynamodb', operation: string): void {
      intercept(this.#clients[client], operation, async (input, send) => {
        await this.#paused;
        if (this.#dead) throw new Error('dead');
        return send(input);
      });
    }

    async #handle(kept: PostgresCheckpoints, batch: StreamBatch<typeof Steps>): Promise<void> {
      await this.#paused;
      const client = await this.#pool.connect();
      try {
        await client.query('BEGIN');
        await kept.advance(client, batch);
        await client.query('INSERT INTO effect (key, n) SELECT * FROM unnest($1::text[], $2::int[])', [
          batch.records.map(({ data }) => data.key),
          batch.records.map(({ data }) => data.n),
        ]);
        if (Math.random() < 0.05) throw new Error('a handler that fails at its end');
        await client.query('COMMIT');
      } catch (error) {
        client.release(true);
        throw error;
      }
      client.release();
      if (Math.random() < 0.1) throw new Error('the answer to COMMIT was lost');
    }
  }

  it('R23, R28, KIN-4: effects happen exactly once and in order per key while workers are killed, paused and stopped at random, and the stream is resharded', async () => {
    const alive = [new Worker('w1'), new Worker('w2')];
    await Promise.all(alive.map(({ group }) => group.start()));
    const perKey = Math.ceil(RECORDS / KEYS.length);
    const fates: Fate[] = ['killed', 'paused', 'stopped'];
    const step = Math.ceil(perKey / 6);
    for (let from = 1, round = 0; from <= perKey; from += step, round += 1) {
      const before = await count();
      await Promise.all(KEYS.map((key) => test.put(key, from, Math.min(from + step - 1, perKey))));
      if (round === 3) await test.split((await test.openShards())[0] ?? '');
      await eventually(async () => expect(await count()).toBeGreaterThan(before));
      await alive.shift()?.meet(fates[round % 3] ?? 'killed');
      const heir = new Worker(`w${round + 3}`);
      alive.push(heir);
      await heir.group.start();
    }
    await eventually(async () => expect(await count()).toBeGreaterThanOrEqual(perKey * KEYS.length), {
      timeoutMs: 60_000,
      everyMs: 100,
    });
    // Those that were paused wake up, and would repeat what they had begun.
    await Promise.all(workers.splice(0).map((worker) => worker.close()));

    expect(await effects()).toEqual(new Map(KEYS.map((key) => [key, range(1, perKey)])));
  }, 90_000);

  const tenure = { stream: 'steps', shardId: 's', fence: 5 };
  const batch = (from: string, to: string, fence = 5) => ({ ...tenure, fence, position: { from, to } });

  it('R28: an owner of before can neither begin nor advance once another has begun', async () => {
    const kept = checkpoints();
    expect(await kept.open(tenure, '10')).toBe('10');
    await kept.advance(pool, batch('10', '20'));

    expect(await kept.open({ ...tenure, fence: 6 }, '10')).toBe('20');
    await expect(kept.advance(pool, batch('20', '30'))).rejects.toThrow(StaleBatchError);
    await expect(kept.open(tenure, '10')).rejects.toThrow(StaleBatchError);
    await kept.advance(pool, batch('20', '30', 6));
  });

  it('R28: a new owner waits for the transaction of the owner of before, and goes on behind it', async () => {
    const kept = checkpoints();
    await kept.open(tenure, '10');
    const before = await pool.connect();
    await before.query('BEGIN');
    await kept.advance(before, batch('10', '20'));

    const opened = kept.open({ ...tenure, fence: 6 }, '10');
    await before.query('COMMIT');
    before.release();

    expect(await opened).toBe('20');
  });

  it('knows a batch whose COMMIT came through although its answer did not', async () => {
    const kept = checkpoints();
    await kept.open(tenure, '10');
    await kept.advance(pool, batch('10', '20'));

    await expect(kept.advance(pool, batch('10', '20'))).rejects.toThrow(BatchAppliedError);
    await expect(kept.advance(pool, batch('10', '15'))).rejects.toThrow(StaleBatchError);
  });

  it('begins anew where the lease was rewound, not where it merely lags behind', async () => {
    const kept = checkpoints();
    const owner = (fence: number, checkpoint: string) => kept.open({ ...tenure, fence }, checkpoint);
    expect(await owner(5, 'TRIM_HORIZON')).toBe('TRIM_HORIZON');
    await kept.advance(pool, batch('TRIM_HORIZON', '20'));
    expect(await owner(6, 'TRIM_HORIZON')).toBe('20');
    expect(await owner(7, 'AT_TIMESTAMP:5')).toBe('AT_TIMESTAMP:5');
    await kept.advance(pool, batch('AT_TIMESTAMP:5', '10', 7));
    await kept.followed({ ...tenure, fence: 7 });

    expect(await owner(8, 'AT_TIMESTAMP:5')).toBe('AT_TIMESTAMP:5');
  });

  it('leaves nothing of a shard that has ended', async () => {
    const kept = checkpoints();
    await kept.open(tenure, '10');
    await kept.close({ ...tenure, fence: 4 });
    expect((await pool.query('SELECT 1 FROM stream_checkpoint')).rowCount).toBe(1);

    await kept.close(tenure);
    expect((await pool.query('SELECT 1 FROM stream_checkpoint')).rowCount).toBe(0);
  });

  it('refuses a table whose name would have to be quoted', () => {
    expect(() => checkpointTable('a; DROP TABLE b')).toThrow(RangeError);
  });
});
