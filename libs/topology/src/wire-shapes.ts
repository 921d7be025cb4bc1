import type { z } from 'zod';
import { type Mismatch, whyUnreadable } from './compatibility.js';
import { wireSchemaOf } from './json-schema.js';
import type { MessageDefinition } from './message-definition.js';
import { isRequest, replyType } from './replies.js';
import type { Topology } from './service.js';
import { versionsOf } from './upcasts.js';

/** Every message that the services say or hear, older versions that are still taken included. */
export function messagesOf({ services }: Topology): MessageDefinition[] {
  const declared = services.flatMap(({ publishes, sends, handles }) => [...publishes, ...sends, ...handles]);
  return [...new Map(declared.flatMap(versionsOf).map((message) => [message.type, message])).values()];
}

/**
 * Everything that goes over the wire, by its type or name: messages, older versions that are still taken, replies, and
 * records of streams. What is released of it must stay readable (R22): see `messageBreaks`.
 */
export function wireShapesOf(topology: Topology): Map<string, z.ZodType> {
  const messages = messagesOf(topology);
  const streams = topology.services.flatMap(({ writes, reads }) => [...writes, ...reads]);
  return new Map<string, z.ZodType>([
    ...messages.map(({ type, schema }) => [type, schema] as const),
    ...messages.filter(isRequest).map(({ type, reply }) => [replyType(type), reply] as const),
    ...streams.map(({ name, schema }) => [name, schema] as const),
  ]);
}

/** Where those who still send an older version of a request could not read its replies, which are of the newest. */
export function replyBreaks(definition: MessageDefinition): Mismatch[] {
  if (!isRequest(definition)) return [];
  const { writes } = wireSchemaOf(definition.reply);
  return versionsOf(definition)
    .filter(isRequest)
    .filter(({ type }) => type !== definition.type)
    .flatMap(({ type, reply }) =>
      whyUnreadable(writes, wireSchemaOf(reply).reads).map(({ path, reason }) => ({ path: `${type}${path}`, reason })),
    );
}
