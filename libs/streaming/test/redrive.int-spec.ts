import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { randomUUID } from 'node:crypto';
import { SqsDeadLetters, redriveLetters } from '../src/dead-letters.js';
import type { DeadLetter, StreamBatch } from '../src/index.js';
import { intercept } from './faults.js';
import { Seen, type Steps, TestStream, range } from './test-stream.js';

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const STEPS = 12;
const isPoison = (n: number): boolean => n % 3 === 0;

describe('redriveLetters', () => {
  let test: TestStream;
  let queue: string;
  let shards: string[];
  beforeEach(async () => {
    test = await TestStream.create(2);
    shards = await test.openShards();
    queue = `dead-${randomUUID()}`;
    await test.clients.sqs.send(new CreateQueueCommand({ QueueName: queue }));
  });
  afterEach(() => test.close());

  const letters = () => new SqsDeadLetters({ sqs: test.clients.sqs, queue });
  const urlOf = async () => (await test.clients.sqs.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl;
  const left = async (): Promise<string[]> => {
    const { Messages = [] } = await test.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: await urlOf(), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body = '' }) => Body);
  };
  const redrive = (options: Partial<Parameters<typeof redriveLetters>[0]> = {}) =>
    redriveLetters({ clients: test.clients, queue, stream: test.stream, application: test.application, ...options });
  const letterOf = (about: Partial<DeadLetter>): DeadLetter => ({
    stream: test.stream,
    application: test.application,
    shardId: shards[0] ?? '',
    sequenceNumber: '1',
    partitionKey: 'a',
    arrivedAt: undefined,
    bytes: Buffer.from('{}'),
    error: new Error('at fault'),
    ...about,
  });
  const never = new AbortController().signal;

  /** A group whose handler refuses poison until it is mended, and its parked records. */
  const parking = async () => {
    const seen = new Seen();
    const where = new Map<string, string>();
    const parked: string[] = [];
    let mended = false;
    const handle = async (batch: StreamBatch<typeof Steps>): Promise<void> => {
      if (!mended && batch.records.some(({ data }) => isPoison(data.n))) throw new Error('poison');
      for (const { data } of batch.records) where.set(`${data.key} ${data.n}`, batch.shardId);
      await seen.handle(batch);
    };
    const { group } = test.group({
      handle,
      retry: { attempts: 1, backoff: { base: 1, cap: 2 } },
      deadLetters: letters(),
      onEvent: (event) => {
        if (event.type === 'record-parked') parked.push(event.sequenceNumber);
      },
    });
    await group.start();
    return { seen, where, parked, mend: () => void (mended = true) };
  };

  it('R20, R21: puts parked records back once each, in order per key, and leaves other messages where they are', async () => {
    const { seen, parked, mend } = await parking();
    await Promise.all(KEYS.map((key) => test.put(key, 1, STEPS)));
    const poison = range(1, STEPS).filter(isPoison);
    await eventually(() => expect(parked).toHaveLength(KEYS.length * poison.length));
    const strange = letterOf({ application: 'another' });
    await letters().park([strange], never);
    await test.clients.sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(), MessageBody: '{"no":"letter"}' }));
    // As a worker does that hears nothing of a park that came through.
    const [copy] = (await left()).filter((body) => body.includes(test.stream) && !body.includes('another'));
    await test.clients.sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(), MessageBody: copy }));
    mend();

    const count = KEYS.length * poison.length;
    expect(await redrive({ dryRun: true })).toMatchObject({ letters: count, redriven: 0 });
    const report = await redrive();
    await eventually(() => expect(seen.steps).toHaveLength(KEYS.length * STEPS));

    expect(report).toEqual({
      scanned: count + 3,
      letters: count,
      redriven: count,
      gone: 0,
      undeleted: 0,
      failures: [],
    });
    for (const key of KEYS) expect(seen.of(key)).toEqual([...range(1, STEPS).filter((n) => !isPoison(n)), ...poison]);
    expect((await left()).toSorted()).toEqual(['{"no":"letter"}', expect.stringContaining('another')]);
    expect(await redrive()).toMatchObject({ letters: 0, redriven: 0 });
  });

  it('puts a record into the shard that it was in, though its partition key alone leads elsewhere', async () => {
    const { where, parked, mend } = await parking();
    const last = String(2n ** 128n - 1n);
    for (const [at, ExplicitHashKey] of ['0', last].entries()) {
      const Data = Buffer.from(JSON.stringify({ data: { key: `k${at}`, n: 3 } }));
      await test.clients.kinesis.send(
        new PutRecordCommand({ StreamName: test.stream, PartitionKey: 'one', ExplicitHashKey, Data }),
      );
    }
    await eventually(() => expect(parked).toHaveLength(2));
    mend();

    expect(await redrive()).toMatchObject({ redriven: 2 });
    await eventually(() => expect(where.size).toBe(2));
    expect([where.get('k0 3'), where.get('k1 3')]).toEqual(shards);
  });

  it('reads from the stream what had no room in its letter; what the stream has lost stays in the queue', async () => {
    const { sequenceNumber, shardId } = await test.producer({ aggregation: false }).put({ key: 'a', n: 1 });
    const large = Buffer.alloc(1_048_576);
    await letters().park(
      [
        letterOf({ shardId, sequenceNumber, bytes: large }),
        letterOf({ shardId: 'shardId-trimmed', sequenceNumber: '2', partitionKey: 'b', bytes: large }),
      ],
      never,
    );

    expect(await redrive()).toMatchObject({ letters: 2, redriven: 1, gone: 1 });
    const seen = new Seen();
    await test.group({ handle: seen.handle }).group.start();
    await eventually(() => expect(seen.of('a')).toEqual([1, 1]));
    expect(await left()).toEqual([expect.stringContaining('shardId-trimmed')]);
  });

  it('leaves what Kinesis does not take, and what is behind it of its key; it says why, and goes on later', async () => {
    await letters().park(
      ['a', 'b'].flatMap((partitionKey) =>
        range(1, 3).map((n) => {
          const bytes = Buffer.from(JSON.stringify({ data: { key: partitionKey, n } }));
          return letterOf({ partitionKey, sequenceNumber: `${n}${partitionKey === 'a' ? 1 : 2}`, bytes });
        }),
      ),
      never,
    );
    let calls = 0;
    const remove = intercept(test.clients.kinesis, 'PutRecords', async (input, send) => {
      const { Records } = input as { Records: { PartitionKey: string; Data: Uint8Array }[] };
      const second = Records.some(
        ({ PartitionKey, Data }) => PartitionKey === 'a' && String(Buffer.from(Data)).includes('"n":2'),
      );
      calls += 1;
      if (second) throw new Error('not this one');
      return send(input);
    });
    const broken = await redrive();
    remove();
    const seen = new Seen();
    await test.group({ handle: seen.handle }).group.start();

    expect(calls).toBeGreaterThan(0);
    expect(broken.failures).toContain('not this one');
    await eventually(() => expect(seen.of('a')).toEqual([1]));
    const rest = await redrive();
    expect(rest.redriven).toBe(6 - broken.redriven);
    await eventually(() => expect([seen.of('a'), seen.of('b')]).toEqual([range(1, 3), range(1, 3)]));
    await test.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: await urlOf() }));
  });
});
