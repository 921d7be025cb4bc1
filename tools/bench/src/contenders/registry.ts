import { UsageError } from '../bench.errors.js';
import type { Contender } from './contender.js';
import { BARE_LOOP, LETHE_CONSUMER, LETHE_CONSUMER_SDK, LETHE_SERVER, SDK_LOOP, SQS_CONSUMER } from './names.js';

/** All that consume, in the order of the report. Each is loaded alone, lest it carry the memory of the others. */
const loaders: Readonly<Record<string, () => Promise<Contender>>> = {
  [SQS_CONSUMER]: async () => (await import('./sqs-consumer.contender.js')).sqsConsumer,
  '@ssut/nestjs-sqs': async () => (await import('./nestjs-sqs.contender.js')).nestjsSqs,
  '@message-queue-toolkit/sqs': async () => (await import('./message-queue-toolkit.contender.js')).messageQueueToolkit,
  [SDK_LOOP]: async () => (await import('./sdk-loop.contender.js')).sdkLoop,
  [BARE_LOOP]: async () => (await import('./bare-loop.contender.js')).bareLoop,
  [LETHE_CONSUMER]: async () => (await import('./lethe-consumer.contender.js')).letheConsumer,
  [LETHE_CONSUMER_SDK]: async () => (await import('./lethe-consumer.contender.js')).letheConsumerSdk,
  [LETHE_SERVER]: async () => (await import('./lethe-server.contender.js')).letheServer,
};

export const contenderNames: readonly string[] = Object.keys(loaders);

/** Throws a {@link UsageError} where there is none of this name. */
export function loadContender(name: string): Promise<Contender> {
  const load = loaders[name];
  if (!load) throw new UsageError(`there is no contender ${name}`);
  return load();
}
