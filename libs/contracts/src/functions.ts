import { type FunctionSource, queueName, resourcesOf, streamName } from '@lethe/topology';
import { Clicks } from './analytics.messages.js';
import { imagesBucket } from './backing.js';
import { UPLOADS_PREFIX } from './images.js';
import { store } from './store.js';

/** A Lambda function of the store. */
export interface FunctionDefinition {
  /** As deployed, `lethe-<handler>`. */
  readonly name: string;
  /** The file under `apps/functions/src/handlers` that exports `handler`; its bundle is `dist/bundles/<handler>/index.mjs`. */
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Without one it is invoked by name: by a workflow, or by a user pool. */
  readonly source?: FunctionSource;
}

/** Declares a function. Its name is made of its handler's. */
function defineFunction({ handler, ...rest }: Omit<FunctionDefinition, 'name'>): FunctionDefinition {
  return { name: `${store.name}-${handler}`, handler, ...rest };
}

/** The queue that learns of what this function gave up; it has no dead-letter queue of its own. */
const failuresOf = (handler: string): string => `${store.name}-${handler}-failures`;

export const storeFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    handler: 'migrate-user',
    description: 'Moves a user to the user pool at sign-in.',
    timeoutSeconds: 5,
    memoryMb: 256,
  }),
  defineFunction({
    handler: 'add-claims',
    description: 'Puts the id of before into access tokens of users who moved.',
    timeoutSeconds: 5,
    memoryMb: 256,
  }),
  defineFunction({
    handler: 'lake-rows',
    description: 'Makes rows of the lake out of clicks, where Firehose brings them there.',
    timeoutSeconds: 60,
    memoryMb: 256,
  }),
  defineFunction({
    handler: 'fulfilment-step',
    description: 'Does a step of a fulfilment, for its state machine.',
    timeoutSeconds: 20,
    memoryMb: 256,
  }),
  defineFunction({
    handler: 'refund-step',
    description: 'Does a step of a refund, for the state machines.',
    timeoutSeconds: 20,
    memoryMb: 256,
  }),
  defineFunction({
    handler: 'send-receipt',
    description: 'Mails a receipt when an order is confirmed, shipped or refunded.',
    timeoutSeconds: 20,
    memoryMb: 256,
    source: {
      type: 'queue',
      queue: queueName(store.name, 'receipts'),
      batchSize: 10,
      // Nobody waits a second for a mail, and a busy shop invokes once for ten.
      batchingWindowSeconds: 1,
      maximumConcurrency: 5,
    },
  }),
  defineFunction({
    handler: 'watch-dead-letters',
    description: 'Mails the operators when a dead-letter queue begins to fill, and when it is empty again.',
    timeoutSeconds: 30,
    memoryMb: 256,
    source: { type: 'schedule', expression: 'rate(1 minute)', maximumRetryAttempts: 0 },
  }),
  defineFunction({
    handler: 'resize-image',
    description: 'Checks an uploaded product image and writes what is shown of it.',
    timeoutSeconds: 60,
    // One whole vCPU, and room for an image of 50 megapixels.
    memoryMb: 1_769,
    source: {
      type: 'bucket',
      bucket: imagesBucket,
      prefix: UPLOADS_PREFIX,
      maximumRetryAttempts: 2,
      onFailureQueue: failuresOf('resize-image'),
    },
  }),
  defineFunction({
    handler: 'enrich-clicks',
    description: 'Adds the product and its category to clicks.',
    timeoutSeconds: 60,
    memoryMb: 256,
    source: {
      type: 'stream',
      stream: streamName(store.name, Clicks),
      batchSize: 100,
      batchingWindowSeconds: 1,
      parallelizationFactor: 1,
      maximumRetryAttempts: 10,
      maximumRecordAgeSeconds: 86_400,
      bisectBatchOnFunctionError: true,
      onFailureQueue: failuresOf('enrich-clicks'),
    },
  }),
];

/** The queues to which functions report what they gave up. */
export const failureQueues: readonly string[] = [
  ...new Set(
    storeFunctions.flatMap(({ source }) => (source && 'onFailureQueue' in source ? [source.onFailureQueue] : [])),
  ),
];

/** Every queue whose messages wait for a person. */
export const watchedQueues: readonly string[] = [
  ...resourcesOf(store).queues.map(({ deadLetterQueue }) => deadLetterQueue),
  ...failureQueues,
];
