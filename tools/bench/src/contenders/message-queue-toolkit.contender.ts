import { SQSClient } from '@aws-sdk/client-sqs';
import { MessageHandlerConfigBuilder } from '@message-queue-toolkit/core';
import { AbstractSqsConsumer, type SQSConsumerDependencies } from '@message-queue-toolkit/sqs';
import { z } from 'zod';
import { observe } from '../measure/observe.js';
import { Work } from '../topology.js';
import type { Contender, Job } from './contender.js';
import { tunedClient } from './sdk-client.js';

const envelope = z.object({
  id: z.string(),
  source: z.string(),
  type: z.literal(Work.type),
  time: z.string(),
  data: Work.schema,
});
type WorkEnvelope = z.infer<typeof envelope>;

const quiet = () => undefined;
const logger: SQSConsumerDependencies['logger'] = {
  level: 'silent',
  msgPrefix: undefined,
  isLevelEnabled: () => false,
  child: () => logger,
  fatal: quiet,
  error: quiet,
  warn: quiet,
  info: quiet,
  debug: quiet,
  trace: quiet,
  silent: quiet,
};

class WorkConsumer extends AbstractSqsConsumer<WorkEnvelope, Job> {
  constructor(job: Job, dependencies: SQSConsumerDependencies) {
    const { polls } = job.settings;
    super(
      dependencies,
      {
        locatorConfig: { queueUrl: job.queueUrl },
        messageTypeResolver: { messageTypePath: 'type' },
        messageTimestampField: 'time',
        handlers: new MessageHandlerConfigBuilder<WorkEnvelope, Job>()
          .addConfig(envelope, async ({ data }, { handle }) => {
            await handle(data.n);
            return { result: 'success' };
          })
          .build(),
        ...(polls === undefined ? {} : { concurrentConsumersAmount: polls, consumerOverrides: { batchSize: 10 } }),
      },
      job,
    );
  }
}

/** It validates by zod as Lethe's transport does. It has no batch handlers, so each message is deleted by itself. */
export const messageQueueToolkit: Contender = {
  name: '@message-queue-toolkit/sqs',
  packageName: '@message-queue-toolkit/sqs',
  atDefaults: true,
  bestIs: 'batches of ten, many consumers',
  best: { none: { polls: 16 }, steady: { polls: 16 }, mixed: { polls: 32 } },
  start: async (job) => {
    const { polls } = job.settings;
    const client = polls === undefined ? new SQSClient({ region: job.region }) : tunedClient(job.region, 10 * polls);
    const consumer = new WorkConsumer(job, {
      sqsClient: observe(client, job.probe),
      logger,
      errorReporter: { report: ({ error }) => console.error(error) },
      consumerErrorResolver: {
        processError: (error) => {
          throw error;
        },
      },
      transactionObservabilityManager: {
        start: quiet,
        startWithGroup: quiet,
        stop: quiet,
        addCustomAttributes: quiet,
      },
    });
    await consumer.start();
  },
};
