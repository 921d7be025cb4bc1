import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { type QueueDepth } from './watch-dead-letters.js';

/** The depth of each queue, in flight or not. One that was never made is empty. */
export function queueDepths(sqs: SQSClient, queues: readonly string[]): Promise<QueueDepth[]> {
  return Promise.all(queues.map(async (queue) => ({ queue, messages: await depthOf(sqs, queue) })));
}

async function depthOf(sqs: SQSClient, name: string): Promise<number> {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return 0;
    throw error;
  }
}
