import { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { observe } from '../measure/observe.js';
import { parseWork } from '../topology.js';
import type { Contender } from './contender.js';
import { SQS_CONSUMER } from './names.js';
import { tunedClient } from './sdk-client.js';

/** `handleMessage` at the defaults; at best `handleMessageBatch` by many consumers, which deletes ten at once. */
export const sqsConsumer: Contender = {
  name: SQS_CONSUMER,
  packageName: 'sqs-consumer',
  atDefaults: true,
  bestIs: 'handleMessageBatch of ten, many consumers',
  best: { none: { polls: 64 }, steady: { polls: 64 }, mixed: { polls: 96 } },
  start: ({ region, queueUrl, settings: { polls }, handle, probe }) => {
    const work = async (body: string | undefined) => handle(parseWork(body));
    if (polls === undefined) {
      const sqs = observe(new SQSClient({ region }), probe);
      Consumer.create({
        queueUrl,
        sqs,
        handleMessage: async (message) => {
          await work(message.Body);
          return message;
        },
      }).start();
      return Promise.resolve();
    }
    const sqs = observe(tunedClient(region, 2 * polls), probe);
    for (let at = 0; at < polls; at += 1) {
      Consumer.create({
        queueUrl,
        sqs,
        batchSize: 10,
        handleMessageBatch: async (messages) => {
          await Promise.all(messages.map(({ Body }) => work(Body)));
          return messages;
        },
      }).start();
    }
    return Promise.resolve();
  },
};
