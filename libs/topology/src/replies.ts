import { z } from 'zod';
import type { MessageDefinition, ReplyOf, RequestDefinition } from './message-definition.js';
import { type Envelope, MessageFormatError } from './envelope.js';

const replySchema = z.object({
  from: z.int().min(0),
  items: z.array(z.unknown()),
  end: z.literal(true).optional(),
  error: z.unknown().optional(),
});

/**
 * A piece of the answer to a request. A standard queue delivers out of order and more than once: the numbers put it in
 * order. With `end` nothing follows; with `error` as well, it is how the answer ended.
 */
export type ReplyPart = z.output<typeof replySchema>;

export interface ReplyFields {
  readonly id: string;
  /** Name of the service that answers. */
  readonly source: string;
  /** Type of the request as it was sent. */
  readonly requestType: string;
  /** Id of the request: the `subject` of its replies. */
  readonly requestId: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly traceparent?: string | undefined;
}

/** Whether a message is a command that is answered. */
export function isRequest(definition: MessageDefinition): definition is RequestDefinition {
  return definition.kind === 'command' && definition.reply !== undefined;
}

/** The CloudEvents `type` of the replies to requests of a type. */
export function replyType(requestType: string): string {
  return `${requestType}.reply`;
}

/** Writes a piece of an answer as CloudEvents JSON. Its items have been checked already ({@link readReply}). */
export function encodeReply(part: ReplyPart, fields: ReplyFields): string {
  return JSON.stringify({
    specversion: '1.0',
    id: fields.id,
    source: fields.source,
    type: replyType(fields.requestType),
    time: new Date(fields.time).toISOString(),
    subject: fields.requestId,
    datacontenttype: 'application/json',
    traceparent: fields.traceparent,
    data: part,
  });
}

/**
 * Reads a piece of the answer to a request of this definition, its items not yet checked. Throws a
 * {@link MessageFormatError}: `unknown-source` unless it is the owner that answers, `invalid-data`.
 */
export function readReplyPart({ owner, type }: RequestDefinition, envelope: Envelope): ReplyPart {
  if (envelope.source !== owner || envelope.type !== replyType(type))
    throw new MessageFormatError('unknown-source', `${envelope.type} from "${envelope.source}"`, envelope.id);
  return checked(replySchema, envelope.data, envelope.type, envelope.id);
}

/**
 * One reply, checked both as it goes out and as it comes in: defaults filled in, unknown members dropped. Throws a
 * {@link MessageFormatError} where it breaks the schema.
 */
export function readReply<D extends RequestDefinition>({ type, reply }: D, item: unknown): ReplyOf<D> {
  return checked(reply, item, replyType(type)) as ReplyOf<D>;
}

function checked<S extends z.ZodType>(schema: S, data: unknown, type: string, id?: string): z.output<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { error: cause } = parsed;
  throw new MessageFormatError('invalid-data', `${type}: ${z.prettifyError(cause)}`, id, { cause });
}

/** What the names of a service's reply queues begin with; a random part follows. */
export function replyQueuePrefix(topology: string, service: string): string {
  return `${topology}-${service}-reply-`;
}
