import { randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { tunedClient } from '../contenders/sdk-client.js';
import { observe } from '../measure/observe.js';
import { Work, workBody } from '../topology.js';
import type { Sender } from './sender.js';
import { inParallel } from './sender.js';

const MessageAttributes = { type: { DataType: 'String', StringValue: Work.type } };
const message = () => ({ MessageBody: workBody(0, randomUUID(), Date.now()), MessageAttributes });

/** The SDK, one message after the other. */
export const sdkOneByOne: Sender = {
  name: 'SDK, one by one',
  send: async ({ region, queueUrl: QueueUrl, meter }) => {
    const sqs = observe(tunedClient(region, 50), meter);
    await inParallel(1, meter, async () => {
      await sqs.send(new SendMessageCommand({ QueueUrl, ...message() }));
      meter.sent(1);
    });
  },
};

/** The SDK at its best: full batches, eight in flight. */
export const sdkBatches: Sender = {
  name: 'SDK, batches of ten by hand',
  send: async ({ region, queueUrl: QueueUrl, meter }) => {
    const sqs = observe(tunedClient(region, 50), meter);
    await inParallel(8, meter, async () => {
      const Entries = Array.from({ length: 10 }, (_, at) => ({ Id: String(at), ...message() }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      meter.sent(10);
    });
  },
};
