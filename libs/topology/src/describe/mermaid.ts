import { streamName } from '../names.js';
import { resourcesOf } from '../resources.js';
import type { Topology } from '../service.js';

/** A Mermaid node's id: names of resources have characters that it must not have. */
const id = (kind: string, name: string): string => `${kind}_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
/** Text in quotes, in which Mermaid takes anything but quotes. */
const quoted = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`;
const lines = (types: readonly string[]): string => types.join('<br/>');

/**
 * The topology as a Mermaid flow chart: services, their topics, queues, dead-letter queues and streams, and the messages
 * that go between them. Source: https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaidOf(topology: Topology): string {
  const { topics, queues, streams } = resourcesOf(topology);
  return [
    'flowchart LR',
    ...topology.services.map(({ name }) => `${id('service', name)}[${quoted(name)}]`),
    ...topics.map(({ name }) => `${id('topic', name)}{{${quoted(name)}}}`),
    ...queues.map(({ name }) => `${id('queue', name)}[/${quoted(name)}/]`),
    ...queues.map(({ deadLetterQueue }) => `${id('queue', deadLetterQueue)}[/${quoted(deadLetterQueue)}/]`),
    ...streams.map(({ name }) => `${id('stream', name)}[(${quoted(name)})]`),
    ...edgesOf(topology),
    '',
  ]
    .join('\n  ')
    .trimEnd()
    .concat('\n');
}

function edgesOf(topology: Topology): string[] {
  const { topics, queues, subscriptions } = resourcesOf(topology);
  const arrow = (from: string, to: string, types: readonly string[]): string =>
    `${from} -->|${quoted(lines(types))}| ${to}`;
  const typesOf = (messages: readonly { readonly type: string }[]): string[] => messages.map(({ type }) => type);
  const publishing = topics.map(({ name, owner }) => {
    const service = topology.services.find((one) => one.name === owner);
    return arrow(id('service', owner), id('topic', name), typesOf(service?.publishes ?? []));
  });
  const hearing = subscriptions.map(({ topic, queue, filterPolicy }) =>
    arrow(id('topic', topic), id('queue', queue), filterPolicy.type),
  );
  const commanding = topology.services.flatMap(({ name, sends }) =>
    queues.flatMap((queue) => {
      const sent = typesOf(sends.filter(({ owner }) => owner === queue.owner));
      return sent.length === 0
        ? []
        : [`${id('service', name)} -.->|${quoted(lines(sent))}| ${id('queue', queue.name)}`];
    }),
  );
  const handling = queues.flatMap(({ name, owner, deadLetterQueue, maxReceiveCount }) => [
    `${id('queue', name)} --> ${id('service', owner)}`,
    `${id('queue', name)} -.->|${quoted(`after ${maxReceiveCount} receives`)}| ${id('queue', deadLetterQueue)}`,
  ]);
  const streaming = topology.services.flatMap(({ name, writes, reads }) => [
    ...writes.map((stream) => `${id('service', name)} ==> ${id('stream', streamName(topology.name, stream))}`),
    ...reads.map((stream) => `${id('stream', streamName(topology.name, stream))} ==> ${id('service', name)}`),
  ]);
  return [...publishing, ...hearing, ...commanding, ...handling, ...streaming];
}
