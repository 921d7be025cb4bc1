import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeStreamConsumerCommand, ListStreamConsumersCommand } from '@aws-sdk/client-kinesis';
import { eventually } from '@lethe/testing';
import { fanOut } from '../../src/consumer/reading/fan-out/fan-out.js';
import { prefetched } from '../../src/consumer/reading/prefetched.js';
import { StreamProducer } from '../../src/index.js';
import { Seen, Steps, TestStream } from '../test-stream.js';
import { KinesisLocal } from './kinesis-local.js';
import { ShardWatch } from './reading.fixture.js';

const SHARD = 'shardId-000000000000';

describe('fanOut against kinesis-local', () => {
  let local: KinesisLocal;
  const open: ShardWatch[] = [];
  beforeAll(async () => {
    local = await KinesisLocal.start();
  });
  afterEach(() => {
    for (const watch of open.splice(0)) watch.close();
  });
  afterAll(() => local.close());

  function watch(stream: string, shardId = SHARD, consumerName = 'reports'): ShardWatch {
    // Its fan-out speaks HTTP/1.1, as the client of this test does.
    const made = new ShardWatch(fanOut({ consumerName, client: local.client }), {
      kinesis: local.client,
      stream,
      shardId,
    });
    open.push(made);
    return made;
  }

  it('registers the consumer once, whoever comes first, and is pushed what is put', async () => {
    const StreamARN = await local.createStream('pushed', 2);
    await local.put('pushed', 'r1', 'r2', 'r3');
    const workers = [watch('pushed'), watch('pushed', 'shardId-000000000001')];

    await Promise.all(workers.map((worker) => worker.page()));
    const one = workers.find(({ records }) => records.length > 0);
    expect(one?.records).toEqual(['r1', 'r2', 'r3']);

    const { Consumers = [] } = await local.client.send(new ListStreamConsumersCommand({ StreamARN }));
    expect(Consumers.map(({ ConsumerName }) => ConsumerName)).toEqual(['reports']);
    const found = new DescribeStreamConsumerCommand({ StreamARN, ConsumerName: 'reports' });
    expect((await local.client.send(found)).ConsumerDescription?.ConsumerStatus).toBe('ACTIVE');
    await local.put('pushed', 'r4');
    expect(await one?.until(4)).toEqual(['r1', 'r2', 'r3', 'r4']);
  });

  it('a group reads by it as by polling: every record, checkpoints, and leases that are let go of', async () => {
    const test = await TestStream.create(2);
    await local.createStream(test.stream, 2);
    const clients = { kinesis: local.client, dynamodb: test.clients.dynamodb };
    const put = (key: string): Promise<unknown> =>
      new StreamProducer({ definition: Steps, stream: test.stream, clients }).put({ key, n: 1 });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(keys.map(put));
    const seen = new Seen();
    const source = prefetched(fanOut({ consumerName: 'group', client: local.client }));
    const { group } = test.group({ handle: seen.handle, source, clients });

    await group.start();
    await eventually(() => expect(seen.steps.map(({ key }) => key).sort()).toEqual(keys));
    await group.stop();

    const checkpoints = await Promise.all([0, 1].map((n) => test.lease(`shardId-00000000000${n}`)));
    for (const lease of checkpoints) {
      expect(lease['checkpoint']).toMatch(/^\d{20,}$/);
      expect(lease['leaseOwner']).toBeUndefined();
    }
    await test.close();
  });
});
