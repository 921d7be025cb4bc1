import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { randomUUID } from 'node:crypto';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler({ requestTimeout: 5_000 }), maxAttempts: 1 });
const StreamName = `times-${randomUUID()}`;
const put = (text: string) =>
  kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'a', Data: Buffer.from(text) }));

async function readFrom(Timestamp: Date): Promise<() => Promise<string[]>> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp,
    }),
  );
  return async () => {
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    return Records.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString());
  };
}

beforeAll(async () => {
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 20, minDelay: 0.1, maxDelay: 1 }, { StreamName });
});
afterAll(() => kinesis.destroy());

describe('kinesalite, mended', () => {
  it('gives an iterator by time where no record is as young: what comes then is read', async () => {
    await put('old');
    // Its clock has whole milliseconds, and a time to come is refused.
    const read = await readFrom(new Date(Date.now() - 1));
    const before = await read();
    await put('new');

    expect([before.filter((text) => text !== 'old'), (await read()).at(-1)]).toEqual([[], 'new']);
  });

  it('gives an iterator by time where there are younger ones', async () => {
    expect(await (await readFrom(new Date(0)))()).toEqual(['old', 'new']);
  });
});
