import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type AwsClients, createClients } from '@lethe/aws';
import { decodeEnvelope, defineTopology } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { provisionMessaging } from '../../src/provision.js';
import { MessagePublisher } from '../../src/publisher.js';
import { ClaimCheck } from '../../src/sending/claim-check.js';
import { Entered, Ordered, Told, entryOf, envelopeOf, range, services } from './sending.fixture.js';
import { ACCOUNT, REGION } from '../store.fixture.js';

/** What the publisher does, with the embedded services in place of AWS. */
describe('FIFO queues, FIFO topics and claim checks, embedded', () => {
  const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, services);
  let clients: AwsClients;
  beforeEach(async () => {
    clients = createClients({ region: REGION });
    await provisionMessaging(topology, clients);
  });
  afterEach(() => clients.close());

  const urlOf = async (name: string) => {
    const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: `${topology.name}-${name}` }));
    return QueueUrl;
  };
  const attributesOf = async (name: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: await urlOf(name), AttributeNames: ['All'] });
    return (await clients.sqs.send(command)).Attributes;
  };
  const receive = async (name: string): Promise<Message[]> => {
    const QueueUrl = await urlOf(name);
    const options = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageSystemAttributeNames: ['All' as const] };
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...options }));
    for (const { ReceiptHandle } of Messages)
      await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages;
  };

  it('makes FIFO queues and topics with ids of their own, the dead-letter queue too', async () => {
    const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${topology.name}-ledger.fifo`;
    const topic = await clients.sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const kind = {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      MaximumMessageSize: '1048576',
    };

    expect(topic.Attributes).toMatchObject({ FifoTopic: 'true', FifoThroughputScope: 'MessageGroup' });
    expect(await attributesOf('ordered.fifo')).toMatchObject(kind);
    expect(await attributesOf('ordered-dlq.fifo')).toMatchObject(kind);
    expect(await attributesOf('plain')).not.toHaveProperty('FifoQueue');
  });

  it('changes nothing of them when it runs again', async () => {
    clients.calls.reset();

    await provisionMessaging(topology, clients);

    const calls = Object.keys(clients.calls.snapshot());
    expect(calls.filter((call) => /Set|CreateQueue|Subscribe$/.test(call))).toEqual([]);
  });

  it('SQS-9: brings commands and events in the order of their group, each id once', async () => {
    const publisher = new MessagePublisher({ topology, clients, accountId: ACCOUNT });
    const commands = range(5).map((n) => entryOf(Ordered, n, { subject: 'account-1' }));
    const events = range(5).map((n) => entryOf(Entered, n + 5, { subject: 'account-1' }));

    await Promise.all(commands.map((entry) => publisher.publish(entry)));
    await Promise.all(events.map((entry) => publisher.publish(entry)));
    const again = await publisher.publishBatch([...commands, ...events]);

    const messages: Message[] = [];
    for (let some = await receive('ordered.fifo'); some.length > 0; some = await receive('ordered.fifo'))
      messages.push(...some);
    expect(again.filter(({ error }) => error)).toEqual([]);
    expect(messages.map(({ Body = '' }) => envelopeOf(Body).data?.n)).toEqual(range(10));
    expect(messages.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(range(10).map(() => 'account-1'));
    expect(messages.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toEqual(
      [...commands, ...events].map(({ id }) => id),
    );
  });

  it('sends by reference what is larger than its topic takes, and reads it back', async () => {
    const claimCheck = { bucket: `t-${randomUUID()}`, prefix: 'm/' };
    await clients.s3.send(new CreateBucketCommand({ Bucket: claimCheck.bucket }));
    const publisher = new MessagePublisher({ topology, clients, accountId: ACCOUNT, claimCheck });
    const claims = new ClaimCheck(clients, claimCheck);
    const filling = 'é'.repeat(200_000);
    const large = entryOf(Told, 1, { filling });

    await publisher.publish(large);

    const [message] = await receive('tenants');
    const envelope = decodeEnvelope(message?.Body ?? '');
    expect(await claims.redeem(envelope)).toEqual({ n: 1, filling });
    await clients.s3.send(new DeleteObjectCommand({ Bucket: claimCheck.bucket, Key: `m/${large.id}.json` }));
    await expect(claims.redeem(envelope)).rejects.toMatchObject({ name: 'ClaimCheckError', reason: 'missing' });
  });
});
