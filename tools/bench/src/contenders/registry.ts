import type { Contender } from './contender.js';

/** All that consume, in the order of the report. Each is loaded alone, lest it carry the memory of the others. */
const loaders: Readonly<Record<string, () => Promise<Contender>>> = {
  'sqs-consumer': async () => (await import('./sqs-consumer.contender.js')).sqsConsumer,
  '@ssut/nestjs-sqs': async () => (await import('./nestjs-sqs.contender.js')).nestjsSqs,
  '@message-queue-toolkit/sqs': async () => (await import('./message-queue-toolkit.contender.js')).messageQueueToolkit,
  'SDK loop by hand': async () => (await import('./sdk-loop.contender.js')).sdkLoop,
  'bare HTTP loop': async () => (await import('./bare-loop.contender.js')).bareLoop,
  'Lethe SqsServer (Nest)': async () => (await import('./lethe-server.contender.js')).letheServer,
};

export const contenderNames: readonly string[] = Object.keys(loaders);

export function loadContender(name: string): Promise<Contender> | undefined {
  return loaders[name]?.();
}
