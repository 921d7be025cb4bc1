import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Cloud, type TestDatabase, startTestCloud, testDatabase } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { Pool } from 'pg';
import { checkpointTable } from '../../src/postgres.js';
import { TestStream, range } from '../test-stream.js';

/** `LETHE_STREAM_RECORDS=200000` is the whole proof. */
const RECORDS = Number(process.env['LETHE_STREAM_RECORDS'] ?? 3_000);
const KEYS = range(1, 50).map((n) => `key-${n}`);
const WORKERS = 3;
/** Parts of the run; between them something is broken or resharded. */
const PARTS = 6;
/** For each record, on a machine that has other things to do. */
const MS_PER_RECORD = 5;
const MAIN = fileURLToPath(new URL('worker.mjs', import.meta.url));

describe('workers in processes of their own', () => {
  const environment = { ...process.env };
  let cloud: Cloud;
  let database: TestDatabase;
  let pool: Pool;
  let test: TestStream;
  let workers: ChildProcess[] = [];
  let begun = 0;
  beforeEach(async () => {
    database = await testDatabase();
    // Servers of its own: one of them is killed.
    cloud = await startTestCloud();
    Object.assign(process.env, cloud.env);
    pool = new Pool({ connectionString: database.url });
    await pool.query(checkpointTable());
    await pool.query('CREATE TABLE counted (at bigserial PRIMARY KEY, key text NOT NULL, n integer NOT NULL)');
    test = await TestStream.create(2);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(workers.map((worker) => kill(worker)));
    await test.close();
    await pool.end();
    Object.assign(process.env, environment);
    await database.drop();
    await cloud.stop();
  }, 60_000);

  const start = (): void => {
    begun += 1;
    const about = { stream: test.stream, leaseTable: test.table, databaseUrl: database.url, worker: `w${begun}` };
    workers.push(
      spawn(process.execPath, [MAIN, JSON.stringify(about)], {
        env: process.env,
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
  };
  const kill = async (worker: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    const exited = once(worker, 'exit');
    worker.kill(signal);
    await exited;
  };
  /** Kills one of the workers, whichever it is, and starts another. */
  const replaceOne = async (): Promise<void> => {
    const victim = workers[Math.floor(Math.random() * workers.length)];
    workers = workers.filter((worker) => worker !== victim);
    start();
    if (victim) await kill(victim);
  };
  /** Kills Kinesis, which the cloud starts again with what it had. */
  const killKinesis = async (): Promise<void> => {
    const pid = cloud.services.find(({ name }) => name === 'kinesis')?.pid;
    if (pid === undefined) throw new Error('Kinesis has no process');
    process.kill(pid, 'SIGKILL');
    await eventually(() => test.openShards(), { timeoutMs: 30_000, everyMs: 200 });
  };
  const counted = async (): Promise<number> =>
    Number((await pool.query<{ n: string }>('SELECT count(*) AS n FROM counted')).rows[0]?.n);

  it(
    'R23: killed at random, while the stream is resharded twice and Kinesis restarts, count each record once and keep the order of every key',
    async () => {
      for (let at = 0; at < WORKERS; at += 1) start();
      const perKey = Math.ceil(RECORDS / KEYS.length);
      const step = Math.ceil(perKey / PARTS);
      const upheavals = [
        async () => test.split((await test.openShards())[0] ?? ''),
        killKinesis,
        async () => {
          const open = (await test.shards()).filter((shard) => !shard.SequenceNumberRange?.EndingSequenceNumber);
          const [a, b] = open.sort((x, y) => rangeOf(x) - rangeOf(y)).map(({ ShardId = '' }) => ShardId);
          await test.merge(a ?? '', b ?? '');
        },
      ];
      let put = 0;
      for (let from = 1; from <= perKey; from += step) {
        const to = Math.min(perKey, from + step - 1);
        const producer = test.producer();
        for (let n = from; n <= to; n += 1) await Promise.all(KEYS.map((key) => producer.put({ key, n })));
        await producer.close();
        put += (to - from + 1) * KEYS.length;
        await eventually(async () => expect(await counted()).toBeGreaterThan(put - step * KEYS.length), {
          timeoutMs: 30_000 + put * MS_PER_RECORD,
          everyMs: 200,
        });
        await Promise.all([replaceOne(), upheavals.shift()?.()]);
      }
      await eventually(async () => expect(await counted()).toBeGreaterThanOrEqual(put), {
        timeoutMs: 30_000 + put * MS_PER_RECORD,
        everyMs: 200,
      });
      await Promise.all(workers.map((worker) => kill(worker, 'SIGTERM')));

      const { rows } = await pool.query<{ key: string; all: number[] }>(
        'SELECT key, array_agg(n ORDER BY at) AS all FROM counted GROUP BY key',
      );
      expect(new Map(rows.map(({ key, all }) => [key, all]))).toEqual(
        new Map(KEYS.map((key) => [key, range(1, perKey)])),
      );
    },
    60_000 + RECORDS * MS_PER_RECORD * 2,
  );
});

const rangeOf = (shard: { HashKeyRange?: { StartingHashKey?: string | undefined } | undefined }): number =>
  Number(shard.HashKeyRange?.StartingHashKey ?? 0);
