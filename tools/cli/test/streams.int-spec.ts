import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsClients, createClients } from '@lethe/aws';
import { leasesTable } from '@lethe/contracts';
import { type Cloud, startTestCloud } from '@lethe/local-cloud';
import { ConsumerGroup, type ShardCheckpoints } from '@lethe/streaming';
import { SqsDeadLetters } from '@lethe/streaming/dead-letters';
import { provisionLeaseTable } from '@lethe/streaming/provision';
import { eventually } from '@lethe/testing';
import { defineStream } from '@lethe/topology';
import { z } from 'zod';
import { Cli } from './cli.fixture.js';

const Anything = defineStream({
  owner: 'analytics',
  name: 'clicks',
  description: 'Records of this test.',
  data: z.object({ n: z.int() }),
  partitionKey: () => 'one',
  shards: 1,
});

interface Streams {
  readonly streams: readonly { readonly name: string; readonly openShards: number }[];
}

describe('lethe streams', () => {
  const cli = new Cli();
  const environment = { ...process.env };
  let cloud: Cloud;
  let clients: AwsClients;
  let stream = '';
  let shards = 0;
  beforeAll(async () => {
    // Of its own: other tests hold the shards that there are against those that are declared.
    cloud = await startTestCloud();
    Object.assign(process.env, cloud.env);
    clients = createClients({ region: 'us-east-1' });
    cli.pretendToRun(process.env);
    await cli.run('topology apply');
    await provisionLeaseTable(leasesTable.name, clients.dynamodb);
    const { streams }: Streams = JSON.parse((await cli.run('streams list --json')).out);
    [{ name: stream, openShards: shards } = { name: '', openShards: 0 }] = streams;
  });
  afterAll(async () => {
    Object.assign(process.env, environment);
    cli.close();
    clients.close();
    await cloud.stop();
  });

  /** Into every shard. */
  const put = async (n: number): Promise<void> => {
    const Data = Buffer.from(JSON.stringify({ data: { n } }));
    for (let at = 0n; at < shards; at += 1n) {
      const ExplicitHashKey = String((2n ** 128n / BigInt(shards)) * at);
      await clients.kinesis.send(
        new PutRecordCommand({ StreamName: stream, PartitionKey: 'one', ExplicitHashKey, Data }),
      );
    }
  };

  it('shows streams, leases and lag, reshards, and replays from a time on under a live reader', async () => {
    const begun = new Date(Date.now() - 1_000).toISOString();
    const seen: number[] = [];
    const group = new ConsumerGroup({
      definition: Anything,
      stream,
      application: 'reports',
      worker: 'w',
      leaseTable: leasesTable.name,
      clients,
      syncMs: 100,
      idlePollMs: 210,
      handle: async ({ records }) => void seen.push(...records.map(({ data }) => data.n)),
    });
    try {
      await group.start();
      await put(1);
      await eventually(() => expect(seen).toHaveLength(shards));

      expect((await cli.run('streams list')).out).toMatch(/stream +status +open shards/);
      const leases = await cli.run('streams leases clicks --application reports --json');
      expect(JSON.parse(leases.out)).toMatchObject({ stream, leases: expect.any(Array) });
      expect(leases.out).toContain(group.owner);
      await eventually(async () => {
        const lag = JSON.parse((await cli.run('streams lag clicks --application reports --json')).out);
        expect(lag.shards).toContainEqual(expect.objectContaining({ records: 0, exact: true, owner: group.owner }));
      });

      const without = await cli.run(`streams replay clicks --application reports --from ${begun}`);
      expect([without.code, without.err]).toEqual([1, expect.stringContaining('--yes')]);
      expect(seen).toHaveLength(shards);
      const replay = await cli.run(`streams replay clicks --application reports --from ${begun} --yes --json`);
      expect(JSON.parse(replay.out)).toMatchObject({ application: 'reports', waiting: [] });
      await eventually(() => expect(seen).toHaveLength(2 * shards));
    } finally {
      await group.stop();
    }
    await put(2);
    const behind = await cli.run('streams lag clicks --application reports');
    expect(behind.err).toBe('');
    expect(behind.out).toMatch(/reports +shardId-\S+ +- +1 /);

    const { leases } = JSON.parse((await cli.run('streams leases clicks --json')).out);
    const split = await cli.run(`streams reshard clicks --split ${leases[0].shardId} --json`);
    expect(JSON.parse(split.out)).toMatchObject({ name: stream, status: 'ACTIVE', openShards: shards + 1 });
    const [one, other] = [shards, shards + 1].map((at) => `shardId-${String(at).padStart(12, '0')}`);
    const merged = await cli.run(`streams reshard clicks --merge ${one} ${other} --json`);
    expect(JSON.parse(merged.out)).toMatchObject({ name: stream, status: 'ACTIVE', openShards: shards });
  });

  it('says what a replay does to effects, which depends on where the checkpoints are', async () => {
    const group = (application: string, checkpoints?: ShardCheckpoints) =>
      new ConsumerGroup({
        definition: Anything,
        stream,
        application,
        worker: 'w',
        leaseTable: leasesTable.name,
        clients,
        ...(checkpoints && { checkpoints }),
        handle: async () => undefined,
      });
    const nothing = async (): Promise<void> => undefined;
    const place = 'table stream_checkpoint of PostgreSQL';
    const beside = {
      place,
      open: async (_: unknown, at: string) => at,
      pass: nothing,
      followed: nothing,
      close: nothing,
    };
    const groups = [group('plain'), group('transactional', beside)];
    await Promise.all(groups.map((one) => one.start()));
    const told = await Promise.all(
      ['plain', 'transactional'].map((name) =>
        cli.run(`streams replay clicks --application ${name} --from 2026-01-01`),
      ),
    );
    await Promise.all(groups.map((one) => one.stop()));

    expect(told.map(({ code }) => code)).toEqual([1, 1]);
    expect(told[0]?.err).toContain('Each effect happens again, at least once, that is not idempotent: say --yes');
    expect(told[1]?.err).toContain(`Checkpoints are with the effects in ${place} and go back with the leases`);
    expect(told[1]?.err).toContain('exactly once more');
  });

  it('puts records that an application has parked back into their stream', async () => {
    const queue = 'lethe-analytics-dlq';
    const bytes = Buffer.from(JSON.stringify({ data: { n: 7 } }));
    const about = { stream, shardId: 'shardId-000000000000', partitionKey: 'one', arrivedAt: undefined, bytes };
    const letters = ['analytics', 'somebody'].map((application) => ({
      ...about,
      application,
      sequenceNumber: '1',
      error: new Error('at fault'),
    }));
    await new SqsDeadLetters({ sqs: clients.sqs, queue }).park(letters, new AbortController().signal);

    const dry = await cli.run('streams redrive clicks --application analytics --dry-run');
    const real = await cli.run('streams redrive clicks --application analytics --json');
    const named = await cli.run(`streams redrive clicks --application somebody --queue ${queue}`);
    const nobody = await cli.run('streams redrive clicks --application nobody');

    expect(dry.out).toBe(`1 records of 2 messages would go from ${queue} to ${stream}\n`);
    expect(JSON.parse(real.out)).toMatchObject({ queue, stream, letters: 1, redriven: 1, gone: 0, failures: [] });
    expect(named.out).toBe(`1 records of 1 went from ${queue} to ${stream}\n`);
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('no service is called nobody') });
  });

  it('tells what is wrong with its options', async () => {
    expect(await cli.run('streams reshard clicks --shards 4')).toMatchObject({
      code: 1,
      err: 'lethe: this Kinesis does not know UpdateShardCount: split and merge single shards\n',
    });
    expect((await cli.run('streams reshard clicks --split none')).err).toBe(`lethe: ${stream} has no shard none\n`);
    expect((await cli.run('streams reshard clicks')).err).toContain('one of --shards, --split and --merge');
    expect((await cli.run('streams replay clicks --application reports --from never')).err).toContain(
      'a day, or a time',
    );
    expect((await cli.run('streams replay clicks --application nobody --from 2020-01-01 --yes')).err).toContain(
      'nobody has no leases',
    );
  });
});
