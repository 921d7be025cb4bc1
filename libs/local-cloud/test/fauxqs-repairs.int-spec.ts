import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';

describe('SQS of the local cloud', () => {
  const sqs = new SQSClient({ maxAttempts: 1, useQueueUrlAsEndpoint: false });
  let QueueUrl = '';
  beforeEach(async () => {
    ({ QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: randomUUID() })));
  });
  afterAll(() => sqs.destroy());

  const receive = async (WaitTimeSeconds: number, abortSignal?: AbortSignal) => {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const { Messages } = await sqs.send(command, abortSignal ? { abortSignal } : {});
    return Messages?.[0];
  };

  it('hands a message out again that was returned with a visibility timeout of 0', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'again' }));

    const first = await receive(1);
    const once = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 };
    await sqs.send(new ChangeMessageVisibilityCommand(once));
    const second = await receive(1);
    const entry = { Id: '0', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 };
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [entry] }));
    const third = await receive(1);

    expect(third).toMatchObject({ Body: 'again', Attributes: { ApproximateReceiveCount: '3' } });
  });

  it('gives no message to a long poll whose client has gone', async () => {
    await expect(receive(20, AbortSignal.timeout(200))).rejects.toThrow(/aborted/i);

    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'for the living' }));

    expect(await receive(1)).toMatchObject({ Body: 'for the living' });
  });
});
