import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type _Record,
} from '@aws-sdk/client-kinesis';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { createClients } from '../../src/index.js';
import { TRANSPORTS, failureOf } from './script.fixture.js';

const BODIES = ['plain', '{"json":"with \\"quotes\\""}', 'ünïcödé 漢字 \u2028', ' spaces and\nlines\t'];
const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

describe.each(TRANSPORTS)('The embedded services under transport %s', (transport) => {
  const { sqs, kinesis, calls, ...clients } = (() => {
    const made = createClients({ region: 'us-east-1', transport });
    return { sqs: made.sqs, kinesis: made.kinesis, calls: made.calls, close: () => made.close() };
  })();
  const name = `conformance-${randomUUID()}`;
  let QueueUrl = '';
  beforeAll(async () => {
    ({ QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name })));
  });
  afterAll(() => clients.close());

  const receive = async (MaxNumberOfMessages = 10) => {
    const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
    return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages, ...all }))).Messages ?? [];
  };
  const remove = async (messages: Awaited<ReturnType<typeof receive>>) => {
    const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle }));
    return sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  };

  it('carries texts of every kind, in batches', async () => {
    const Entries = BODIES.map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));

    const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const messages = await receive();

    expect([Successful.map(({ Id }) => Id), Failed]).toEqual([['0', '1', '2', '3'], []]);
    expect(new Set(messages.map(({ Body }) => Body))).toEqual(new Set(BODIES));
    expect((await remove(messages)).Successful).toHaveLength(BODIES.length);
  });

  it('carries attributes of every type, bytes as bytes', async () => {
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'päyload' },
      number: { DataType: 'Number', StringValue: '12.5' },
      binary: { DataType: 'Binary', BinaryValue: Buffer.from([0, 1, 254, 255]) },
      Data: { DataType: 'Binary.custom', BinaryValue: bytes(1_000).subarray(10, 20) },
    };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes }));
    await sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '0', MessageBody: 'one', MessageAttributes }] }),
    );

    const messages = await receive();

    expect(messages).toHaveLength(2);
    for (const { MessageAttributes: received = {}, Attributes } of messages) {
      expect(received['text']).toEqual(MessageAttributes.text);
      expect(received['number']).toEqual(MessageAttributes.number);
      expect(received['binary']).toEqual({ DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 254, 255]) });
      expect(received['Data']?.BinaryValue).toEqual(MessageAttributes.Data.BinaryValue);
      expect(Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    }
    await remove(messages);
  });

  it('says what failed of a batch and what did not', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    const [message] = await receive();
    const Entries = [
      { Id: '0', ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 },
      { Id: '1', ReceiptHandle: 'no such handle', VisibilityTimeout: 0 },
    ];

    const output = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));

    expect(output.Successful).toEqual([{ Id: '0' }]);
    expect(output.Failed).toMatchObject([{ Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
    await remove(await receive());
  });

  it('gives empty outputs where there is nothing to say', async () => {
    const metadata = { httpStatusCode: 200, requestId: expect.any(String), attempts: 1, totalRetryDelay: 0 };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    const [{ ReceiptHandle } = {}] = await receive();

    const change = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 30 });
    expect(await sqs.send(change)).toEqual({ $metadata: expect.objectContaining(metadata) });
    const removed = await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(removed).toEqual({ $metadata: expect.objectContaining(metadata) });
    const empty = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(empty.Messages ?? []).toEqual([]);
  });

  it('fails with the classes of the SDK', async () => {
    const QueueUrlOfNone = QueueUrl.replace(name, 'no-such-queue');

    const error = await failureOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrlOfNone })));

    expect(error).toBeInstanceOf(QueueDoesNotExist);
    expect(error).toMatchObject({ $fault: 'client', $metadata: { httpStatusCode: 400, attempts: 1 } });
  });

  it('counts the calls of either way alike', async () => {
    calls.reset();

    await sqs.send(new CreateQueueCommand({ QueueName: name }));
    await receive();
    await failureOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-none` })));

    expect(calls.snapshot()).toEqual({
      'sqs.CreateQueue': { operations: 1, attempts: 1, failures: 0 },
      'sqs.ReceiveMessage': { operations: 2, attempts: 2, failures: 1 },
    });
  });

  it('carries the records of a stream, with their bytes and times', async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
    await eventually(async () => {
      const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }));
      if (StreamDescriptionSummary?.StreamStatus !== 'ACTIVE') throw new Error('not yet active');
    });
    const [one, two, three] = [bytes(1), bytes(2_000), new TextEncoder().encode('ünïcödé')];
    await kinesis.send(new PutRecordCommand({ StreamName: name, PartitionKey: 'k', Data: one }));
    const Records = [two, Buffer.from(three)].map((Data) => ({ PartitionKey: 'k', Data }));
    const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName: name, Records }));
    expect(FailedRecordCount).toBe(0);

    const iterator = { StreamName: name, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' as const };
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(iterator));
    const received: _Record[] = (await kinesis.send(new GetRecordsCommand({ ShardIterator }))).Records ?? [];

    expect(received.map(({ Data }) => Data)).toEqual([one, two, three]);
    for (const { ApproximateArrivalTimestamp: at, SequenceNumber } of received) {
      expect(Math.abs(Date.now() - Number(at))).toBeLessThan(60_000);
      expect(SequenceNumber).toMatch(/^\d+$/);
    }
  });
});
