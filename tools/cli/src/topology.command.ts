import { store } from '@lethe/contracts';
import { resourcesOf } from '@lethe/topology';
import { table } from './output.js';

/** `lethe topology list`: what the store owns in SNS, SQS and Kinesis, as its services declare it. */
export function topologyCommand(options: { json?: true }): void {
  const resources = resourcesOf(store);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(resources)}\n`);
    return;
  }
  const parts = [
    table(
      ['topic', 'owner'],
      resources.topics.map(({ name, owner }) => [name, owner]),
    ),
    table(
      ['queue', 'dead letters', 'receives', 'visibility'],
      resources.queues.map((queue) => [
        queue.name,
        queue.deadLetterQueue,
        queue.maxReceiveCount,
        `${queue.visibilityTimeoutSeconds} s`,
      ]),
    ),
    table(
      ['subscription', 'queue', 'message'],
      resources.subscriptions.flatMap(({ topic, queue, filterPolicy }) =>
        filterPolicy.type.map((type) => [topic, queue, type]),
      ),
    ),
    table(
      ['stream', 'owner', 'shards'],
      resources.streams.map(({ name, owner, shards }) => [name, owner, shards]),
    ),
  ];
  process.stdout.write(`${parts.join('\n\n')}\n`);
}
