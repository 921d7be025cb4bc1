import { store } from '@lethe/contracts';
import { type Resources, asyncApiOf, mermaidOf, resourcesOf } from '@lethe/topology';
import { table } from '../output.js';
import { type Terminal, print } from '../terminal.js';

/** `lethe topology list`: what the store owns in SNS, SQS and Kinesis, as its services declare it. */
export function topologyCommand(options: { json?: true }, terminal: Terminal): void {
  const resources = resourcesOf(store);
  print(terminal, options.json, resources, () => `${tables(resources)}\n`);
}

/** `lethe topology asyncapi`: the topology as an AsyncAPI 3.0 document. */
export function asyncApiCommand({ out }: Terminal): void {
  out.write(`${JSON.stringify(asyncApiOf(store, { title: 'Lethe' }), undefined, 2)}\n`);
}

/** `lethe topology mermaid`: the topology as a Mermaid flow chart. */
export function mermaidCommand({ out }: Terminal): void {
  out.write(mermaidOf(store));
}

function tables(resources: Resources): string {
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
  return parts.join('\n\n');
}
