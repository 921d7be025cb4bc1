import { z } from 'zod';
import type { DataOf, MessageDefinition } from './definitions.js';

const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string().min(1).max(100),
  type: z.string().min(1).max(200),
  time: z.iso.datetime({ offset: true }),
  subject: z.string().min(1).max(256).optional(),
  datacontenttype: z.literal('application/json').optional(),
  traceparent: z.string().max(100).optional(),
  data: z.unknown(),
});

/** A CloudEvents 1.0 envelope in structured JSON, its data not yet read. */
export type Envelope = z.output<typeof envelopeSchema>;

/** A message whose data has passed its schema. */
export interface Message<Data = unknown, Type extends string = string> {
  /** UUIDv7, the same for every delivery: the inbox deduplicates by it (R14). */
  readonly id: string;
  readonly type: Type;
  /** Name of the service that emitted it. */
  readonly source: string;
  /** ISO 8601, when it was emitted. */
  readonly time: string;
  /** Id of the aggregate it is about; messages of one subject leave the outbox in order. */
  readonly subject: string | undefined;
  readonly traceparent: string | undefined;
  readonly data: Data;
}
export type MessageOf<D extends MessageDefinition> = Message<DataOf<D>, D['type']>;

/** A message that no retry can mend: not JSON, no CloudEvents envelope, or data that breaks its schema. */
export class MessageFormatError extends Error {
  override readonly name = 'MessageFormatError';
  constructor(
    readonly reason: 'undecodable' | 'invalid-envelope' | 'unknown-source' | 'invalid-data',
    detail: string,
    readonly messageId?: string,
    options?: ErrorOptions,
  ) {
    super(`${reason}: ${detail}`, options);
  }
}

export interface EnvelopeFields {
  readonly id: string;
  readonly source: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly subject?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** Writes a message as CloudEvents JSON. Throws a {@link MessageFormatError} where the data breaks the schema. */
export function encodeMessage<D extends MessageDefinition>(
  definition: D,
  data: unknown,
  fields: EnvelopeFields,
): string {
  const checked = definition.schema.safeParse(data);
  if (!checked.success) {
    throw new MessageFormatError('invalid-data', `${definition.type}: ${z.prettifyError(checked.error)}`, fields.id, {
      cause: checked.error,
    });
  }
  return JSON.stringify({
    specversion: '1.0',
    id: fields.id,
    source: fields.source,
    type: definition.type,
    time: new Date(fields.time).toISOString(),
    subject: fields.subject,
    datacontenttype: 'application/json',
    traceparent: fields.traceparent,
    data: checked.data,
  });
}

/** Reads the envelope of a message. Throws a {@link MessageFormatError} (`undecodable`, `invalid-envelope`). */
export function decodeEnvelope(text: string): Envelope {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new MessageFormatError('undecodable', 'the body is not JSON', undefined, { cause });
  }
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success)
    throw new MessageFormatError('invalid-envelope', z.prettifyError(parsed.error), undefined, { cause: parsed.error });
  return parsed.data;
}

/**
 * Reads the data of a message whose envelope is known. Members that the schema does not know are dropped (R22).
 * Throws a {@link MessageFormatError}: `unknown-source` for an event that its owner did not publish, `invalid-data`.
 */
export function readMessage<D extends MessageDefinition>(definition: D, envelope: Envelope): MessageOf<D> {
  if (definition.kind === 'event' && envelope.source !== definition.owner) {
    throw new MessageFormatError('unknown-source', `${envelope.type} from "${envelope.source}"`, envelope.id);
  }
  const parsed = definition.schema.safeParse(envelope.data);
  if (!parsed.success) {
    throw new MessageFormatError('invalid-data', `${envelope.type}: ${z.prettifyError(parsed.error)}`, envelope.id, {
      cause: parsed.error,
    });
  }
  const { id, source, time, subject, traceparent } = envelope;
  return { id, type: definition.type, source, time, subject, traceparent, data: parsed.data as DataOf<D> };
}
