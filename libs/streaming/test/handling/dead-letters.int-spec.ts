import { CreateQueueCommand, GetQueueUrlCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { randomUUID } from 'node:crypto';
import { SqsDeadLetters, type WrittenLetter } from '../../src/dead-letters.js';
import { type DeadLetter, PoisonRecordsError, type StreamBatch } from '../../src/index.js';
import { intercept } from '../faults.js';
import { Seen, Steps, TestStream, range } from '../test-stream.js';

describe('dead letters in SQS', () => {
  let test: TestStream;
  let shard: string;
  let queue: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    shard = (await test.openShards())[0] ?? '';
    queue = `dead-${randomUUID()}`;
    await test.clients.sqs.send(new CreateQueueCommand({ QueueName: queue }));
  });
  afterEach(() => test.close());

  const letters = (name = queue) => new SqsDeadLetters({ sqs: test.clients.sqs, queue: name });
  const received = async (): Promise<{ letter: WrittenLetter; attributes: Message['MessageAttributes'] }[]> => {
    const { QueueUrl } = await test.clients.sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Messages = [] } = await test.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ Body = '', MessageAttributes }) => ({
      letter: JSON.parse(Body) as WrittenLetter,
      attributes: MessageAttributes,
    }));
  };
  const put = (text: string) =>
    test.clients.kinesis.send(
      new PutRecordCommand({ StreamName: test.stream, PartitionKey: 'a', Data: Buffer.from(text) }),
    );
  /** Handles all but the steps that are poison. */
  const handlerOf = (seen: Seen, poison: readonly number[]) => async (batch: StreamBatch<typeof Steps>) => {
    const bad = batch.records.find(({ data }) => poison.includes(data.n));
    if (bad) throw new Error(`step ${bad.data.n} is poison`);
    await seen.handle(batch);
  };
  const retry = { attempts: 2, backoff: { base: 1, cap: 5 } };

  it('R20, R21: a poison record is found by halves and parked with its position, and the others are handled in order', async () => {
    await test.put('a', 1, 40);
    const seen = new Seen();
    const { group, events } = test.group({ handle: handlerOf(seen, [7, 23]), retry, deadLetters: letters() });

    await group.start();
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 40).filter((n) => n !== 7 && n !== 23)));

    const parked = await eventually(async () => {
      const found = await received();
      expect(found).toHaveLength(2);
      return found;
    });
    const steps = parked.map(({ letter }) => JSON.parse(Buffer.from(letter.data ?? '', 'base64').toString()).data.n);
    expect(new Set(steps)).toEqual(new Set([7, 23]));
    expect(parked[0]?.letter).toMatchObject({
      stream: test.stream,
      application: 'test',
      shardId: shard,
      sequenceNumber: expect.stringMatching(/^\d{20,}$/),
      partitionKey: 'a',
      arrivedAt: expect.stringMatching(/Z$/),
      error: { name: 'Error', message: expect.stringMatching(/^step \d+ is poison$/) },
    });
    expect(parked[0]?.attributes).toMatchObject({
      'lethe-shard': { StringValue: shard },
      'lethe-sequence-number': { StringValue: parked[0]?.letter.sequenceNumber },
    });
    const places = events.flatMap((event) => (event.type === 'record-parked' ? [event.sequenceNumber] : []));
    expect(new Set(places)).toEqual(new Set(parked.map(({ letter }) => letter.sequenceNumber)));
  });

  it('R21: parks what cannot be read without asking the handler, and its bytes are those that were written', async () => {
    await put('not json');
    await test.put('a', 1, 2);
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle, retry, deadLetters: letters() });

    await group.start();
    await eventually(() => expect(seen.of('a')).toEqual([1, 2]));

    const [parked] = await eventually(async () => {
      const found = await received();
      expect(found).toHaveLength(1);
      return found;
    });
    expect(parked?.letter.error.name).toBe('RecordFormatError');
    expect(Buffer.from(parked?.letter.data ?? '', 'base64').toString()).toBe('not json');
  });

  it('a handler that knows what is at fault says so, and the rest comes again without it, at once', async () => {
    await test.put('a', 1, 20);
    const seen = new Seen();
    const { group, events } = test.group({
      retry: { ...retry, attempts: 1_000 },
      deadLetters: letters(),
      handle: async (batch) => {
        const bad = batch.records.filter(({ data }) => data.n % 10 === 3);
        if (bad.length > 0) throw new PoisonRecordsError(bad, 'ends in 3');
        await seen.handle(batch);
      },
    });

    await group.start();
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 20).filter((n) => n % 10 !== 3)));

    expect(await eventually(received)).toHaveLength(2);
    expect(events.some(({ type }) => type === 'batch-divided')).toBe(false);
  });

  it('R20: while dead letters cannot be parked the shard waits and no checkpoint passes the record; then it goes on', async () => {
    await test.put('a', 1, 6);
    queue = `late-${randomUUID()}`;
    const seen = new Seen();
    const { group, events } = test.group({
      handle: handlerOf(seen, [1]),
      batchSize: 1,
      retry,
      deadLetters: letters(),
    });

    await group.start();
    await eventually(() => expect(events.filter(({ type }) => type === 'parking-failed').length).toBeGreaterThan(2));
    expect(seen.steps).toEqual([]);
    expect((await test.lease(shard))['checkpoint']).toBe('TRIM_HORIZON');

    await test.clients.sqs.send(new CreateQueueCommand({ QueueName: queue }));
    await eventually(() => expect(seen.of('a')).toEqual(range(2, 6)));
    expect(await eventually(received)).toHaveLength(1);
  });

  it('a failure that says nothing about the records parks none of them, however long it lasts', async () => {
    await test.put('a', 1, 3);
    const seen = new Seen();
    let failures = 0;
    const { group, events } = test.group({
      deadLetters: letters(),
      retry: { ...retry, isTransient: (error) => error instanceof RangeError },
      handle: async (batch) => {
        failures += 1;
        if (failures < 20) throw new RangeError('the database is away');
        await seen.handle(batch);
      },
    });

    await group.start();
    await eventually(() => expect(seen.of('a')).toEqual([1, 2, 3]));

    expect(events.some(({ type }) => type === 'record-parked' || type === 'batch-divided')).toBe(false);
  });

  it('of a batch that SQS took in part only the rest is sent again; what has no room goes without its bytes', async () => {
    const sent: number[] = [];
    const remove = intercept(test.clients.sqs, 'SendMessageBatch', async (input, send) => {
      const { Entries } = input as { Entries: { Id: string }[] };
      sent.push(Entries.length);
      if (sent.length > 1) return send(input);
      const [first, ...others] = Entries;
      await send({ ...input, Entries: [first] });
      return { Successful: [{ Id: first?.Id }], Failed: others.map(({ Id }) => ({ Id, Code: 'ServiceUnavailable' })) };
    });
    const all = range(1, 3).map((n): DeadLetter => ({
      stream: test.stream,
      application: 'test',
      shardId: shard,
      sequenceNumber: String(n),
      partitionKey: 'a',
      arrivedAt: undefined,
      bytes: Buffer.alloc(n === 3 ? 1_000_000 : 10),
      error: new Error('\u0000 at fault'),
    }));
    const signal = new AbortController().signal;
    const deadLetters = letters();

    await expect(deadLetters.park(all, signal)).rejects.toThrow('SQS refused 2 dead letters: ServiceUnavailable');
    await deadLetters.park(all, signal);
    remove();

    expect(sent).toEqual([3, 2]);
    const found = await eventually(async () => {
      const messages = await received();
      expect(messages).toHaveLength(3);
      return messages;
    });
    const third = found.find(({ letter }) => letter.sequenceNumber === '3')?.letter;
    expect(third).toMatchObject({ data: null, size: 1_000_000 });
  });
});
