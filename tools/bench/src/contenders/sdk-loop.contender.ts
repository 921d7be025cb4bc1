import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { observe } from '../measure/observe.js';
import type { Contender } from './contender.js';
import { SDK_LOOP } from './names.js';
import { startDecoupledLoop } from './decoupled-loop.js';
import { tunedClient } from './sdk-client.js';

/** The decoupled loop over the AWS SDK. */
export const sdkLoop: Contender = {
  name: SDK_LOOP,
  packageName: '@aws-sdk/client-sqs',
  atDefaults: false,
  bestIs: 'polls do not wait for handlers',
  best: {
    none: { polls: 128, handlers: 1_000 },
    steady: { polls: 128, handlers: 1_000 },
    mixed: { polls: 128, handlers: 1_000 },
  },
  start: ({ region, queueUrl: QueueUrl, settings, handle, probe }) => {
    const { polls = 8, handlers = 1_000 } = settings;
    const sqs = observe(tunedClient(region, 4 * polls), probe);
    const receive = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 };
    startDecoupledLoop({
      polls,
      handlers,
      handle,
      calls: {
        receive: async () => (await sqs.send(new ReceiveMessageCommand(receive))).Messages ?? [],
        delete: async (handles) => {
          const Entries = handles.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
          await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        },
      },
    });
    return Promise.resolve();
  },
};
