import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamSummaryCommand, LimitExceededException } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { LeaseTable } from '../../src/consumer/leases/lease-table.js';
import { provisionStreams } from '../../src/provision.js';
import { intercept } from '../faults.js';
import { Seen, Steps, TestStream, newClients, range } from '../test-stream.js';
import { StreamProducer } from '../../src/index.js';

describe('a consumer group', () => {
  let test: TestStream;
  let shard: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    shard = (await test.openShards())[0] ?? '';
  });
  afterEach(() => test.close());

  const leases = () =>
    new LeaseTable({
      dynamodb: test.clients.dynamodb,
      table: test.table,
      application: test.application,
      stream: test.stream,
    });

  it('keeps rows that tools of KCL read, under its keys where that is asked for', async () => {
    const { sequenceNumber } = await test.producer().put({ key: 'a', n: 1 });
    const { group } = test.group({ handle: async () => undefined, leaseKeys: 'kcl' });
    await group.start();
    const row = async () => {
      const { Item } = await test.clients.dynamodb.send(
        new GetItemCommand({ TableName: test.table, Key: { leaseKey: { S: shard } }, ConsistentRead: true }),
      );
      return Item;
    };

    await eventually(async () => expect((await row())?.['checkpoint']).toEqual({ S: sequenceNumber }));
    expect(await row()).toMatchObject({
      leaseKey: { S: shard },
      leaseOwner: { S: group.owner },
      leaseCounter: { N: expect.stringMatching(/^\d+$/) },
      checkpointSubSequenceNumber: { N: '0' },
      ownerSwitchesSinceCheckpoint: { N: '0' },
      startingHashKey: { S: '0' },
      endingHashKey: { S: String(2n ** 128n - 1n) },
    });
  });

  it('names the rows of several streams as KCL does: account, stream, second of its creation, shard', async () => {
    const other = `${test.stream}-b`;
    await provisionStreams([{ name: other, owner: 'shop', shards: 1 }], test.clients.kinesis);
    const stream = [test.stream, other];
    const { group } = test.group({ handle: async () => undefined, leaseKeys: 'kcl', stream });
    await group.start();

    for (const StreamName of stream) {
      const { StreamDescriptionSummary: summary } = await test.clients.kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      const epoch = Math.floor((summary?.StreamCreationTimestamp?.getTime() ?? 0) / 1_000);
      const [, , , , accountId] = summary?.StreamARN?.split(':') ?? [];
      const streamName = `${accountId}:${StreamName}:${epoch}`;
      expect(streamName).toMatch(/^\d{12}:[^:]+:\d{10}$/);
      const Key = { leaseKey: { S: `${streamName}:${shard}` } };
      const { Item } = await test.clients.dynamodb.send(
        new GetItemCommand({ TableName: test.table, Key, ConsistentRead: true }),
      );
      expect(Item).toMatchObject({ ...Key, streamName: { S: streamName }, shardId: { S: shard } });
    }
  });

  it('begins at a time where it is told to, and with the children of a reshard at their beginning', async () => {
    await test.put('a', 1, 3);
    const at = new Date(Date.now() + 1);
    await eventually(() => expect(Date.now()).toBeGreaterThan(at.getTime()));
    await test.put('a', 4, 6);
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle, startAt: { at } });
    await group.start();
    await eventually(() => expect(seen.of('a')).toEqual(range(4, 6)));

    await test.split(shard);
    await test.put('a', 7, 9);
    await eventually(() => expect(seen.of('a')).toEqual(range(4, 9)));
  });

  it('reads again from a time on when it is asked to, shards that have ended before their children', async () => {
    await test.put('a', 1, 3);
    const from = Date.now();
    await eventually(() => expect(Date.now()).toBeGreaterThan(from));
    await test.put('a', 4, 6);
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle });
    await group.start();
    await test.split(shard);
    await test.put('a', 7, 9);
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 9)));
    await eventually(async () => expect((await test.lease(shard))['checkpoint']).toBe('SHARD_END'));

    const children = (await test.openShards()).filter((id) => id !== shard);
    for (const id of [shard, ...children]) expect(await leases().requestReplay(id, from)).toBe(true);

    await eventually(() => expect(seen.of('a')).toEqual([...range(1, 9), ...range(4, 9)]));
    for (const id of children) expect(await test.lease(id)).not.toHaveProperty('replayFrom');
    expect(await leases().requestReplay('no shard', from)).toBe(false);
  });

  it('reads several streams, and shares out the leases of all of them together', async () => {
    const other = `${test.stream}-b`;
    await provisionStreams([{ name: other, owner: 'shop', shards: 1 }], test.clients.kinesis);
    const seen: [string, number][] = [];
    const handle: Parameters<TestStream['group']>[0]['handle'] = async ({ stream, records }) => {
      seen.push(...records.map(({ data }): [string, number] => [stream, data.n]));
    };
    const stream = [test.stream, other];
    const groups = ['one', 'two'].map((worker) => test.group({ handle, worker, stream }).group);
    await Promise.all(groups.map((group) => group.start()));
    await test.put('a', 1, 2);
    await new StreamProducer({ definition: Steps, stream: other, clients: test.clients }).put({ key: 'a', n: 3 });

    await eventually(() => expect(groups.map(({ shards }) => shards.length)).toEqual([1, 1]));
    await eventually(() => expect(seen).toHaveLength(3));
    expect(new Map(seen)).toEqual(
      new Map([
        [test.stream, 2],
        [other, 3],
      ]),
    );
    expect(groups.flatMap(({ shards }) => shards.map((one) => one.stream)).sort()).toEqual([...stream].sort());
  });

  it('asks for the shards seldom: once per worker, and once more after a reshard; refused, it goes on', async () => {
    const clients = newClients();
    let [looks, refused] = [0, false];
    intercept(clients.kinesis, 'ListShards', async (input, send) => {
      looks += 1;
      if (refused) throw new LimitExceededException({ message: 'too often', $metadata: {} });
      return send(input);
    });
    const seen = new Seen();
    const one = test.group({ handle: seen.handle, syncMs: 20 }, clients);
    await one.group.start();
    await test.put('a', 1, 3);
    await eventually(() => expect(seen.steps).toHaveLength(3));
    // One by the group, and one by whoever reads packed records, to know which of them belong to the shard.
    expect(looks).toBeLessThanOrEqual(2);

    refused = true;
    await test.split(shard);
    await eventually(() =>
      expect(one.events).toContainEqual(expect.objectContaining({ type: 'failed', what: 'sync' })),
    );
    refused = false;
    await test.put('a', 4, 6);
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 6)));
    expect(looks).toBeLessThanOrEqual(6);
    clients.close();
  });

  it('a worker learns of the children of a reshard from the rows, without asking the stream', async () => {
    const clients = newClients();
    let looks = 0;
    intercept(clients.kinesis, 'ListShards', async (input, send) => {
      looks += 1;
      return send(input);
    });
    const seen = new Seen();
    const first = test.group({ handle: seen.handle, worker: 'first' });
    await first.group.start();
    const second = test.group({ handle: seen.handle, worker: 'second', syncMs: 300 }, clients);
    await second.group.start();
    await test.split(shard);
    await test.put('a', 1, 3);

    await eventually(() => expect([first.group.shards.length, second.group.shards.length]).toEqual([1, 1]));
    expect(looks).toBeLessThanOrEqual(2);
    clients.close();
  });
});
