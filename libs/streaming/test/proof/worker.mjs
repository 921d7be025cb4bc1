// A worker of the proof, in a process of its own: compiled code, as it is shipped. It runs until it is killed.
import { createClients } from '@lethe/aws';
import { defineStream } from '@lethe/topology';
import pg from 'pg';
import { z } from 'zod';
import { ConsumerGroup } from '../../dist/index.js';
import { PostgresCheckpoints } from '../../dist/postgres.js';

const { stream, leaseTable, databaseUrl, worker } = JSON.parse(process.argv[2]);
const application = 'proof';
const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
pool.on('error', (error) => process.stderr.write(`${error.message}\n`));
const checkpoints = new PostgresCheckpoints({ database: pool, application });

async function handle(batch) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await checkpoints.advance(client, batch);
    // No unique key: a record that came twice would be counted twice.
    await client.query('INSERT INTO counted (key, n) SELECT * FROM unnest($1::text[], $2::int[])', [
      batch.records.map(({ data }) => data.key),
      batch.records.map(({ data }) => data.n),
    ]);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const group = new ConsumerGroup({
  definition: defineStream({
    owner: 'shop',
    name: 'steps',
    description: 'Numbered steps per key.',
    data: z.object({ key: z.string(), n: z.int() }),
    partitionKey: ({ key }) => key,
    shards: 1,
  }),
  stream,
  application,
  worker,
  leaseTable,
  clients: createClients({ region: 'us-east-1' }),
  checkpoints,
  leaseDurationMs: 2_000,
  syncMs: 250,
  idlePollMs: 210,
  handle,
  onEvent: (event) => {
    if (process.env.LETHE_STREAM_EVENTS)
      process.stderr.write(`${worker} ${event.type} ${event.what ?? ''} ${event.error ?? ''}\n`);
  },
});
await group.start();
process.once('SIGTERM', () => void group.stop().then(() => process.exit(0)));
