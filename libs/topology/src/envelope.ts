import { z } from 'zod';
import type { DataOf, MessageDefinition } from './message-definition.js';
import { TICK, tickId } from './tick-id.js';
import { acceptedTypes } from './upcasts.js';

const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  /** EventBridge Scheduler can fill in a time, but no UUID. */
  id: z.union([z.uuid(), z.string().regex(TICK).transform(tickId)]),
  source: z.string().min(1).max(100),
  type: z.string().min(1).max(200),
  time: z.iso.datetime({ offset: true }),
  subject: z.string().min(1).max(256).optional(),
  datacontenttype: z.literal('application/json').optional(),
  traceparent: z.string().max(100).optional(),
  /** On whose behalf it was said: an extension of the store's own, `user:<id>@<issuer>` or `service:<name>`. */
  actor: z.string().max(2_048).optional(),
  /** Where the data is, in place of `data`: the CloudEvents extension of that name, with what it must weigh and hash to. */
  dataref: z.string().max(2_048).optional(),
  databytes: z.int().min(0).optional(),
  datasha256: z.string().max(64).optional(),
  data: z.unknown().optional(),
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
  /**
   * On whose behalf it was said, by the word of its source: authorise by this, never by an id in the data (S40). Reads
   * with `parseActor` of @lethe/kernel; a handler runs on behalf of it (`currentActor`).
   */
  readonly actor: string | undefined;
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
  readonly actor?: string | undefined;
}

/** Writes a message as CloudEvents JSON. Throws a {@link MessageFormatError} where the data breaks the schema. */
export function encodeMessage<D extends MessageDefinition>(
  definition: D,
  data: unknown,
  fields: EnvelopeFields,
): string {
  const checked = check(definition, data, fields.id);
  return JSON.stringify({
    specversion: '1.0',
    id: fields.id,
    source: fields.source,
    type: definition.type,
    time: new Date(fields.time).toISOString(),
    subject: fields.subject,
    datacontenttype: 'application/json',
    traceparent: fields.traceparent,
    actor: fields.actor,
    data: checked,
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
 * Reads the data of a message whose envelope is known, lifting that of an older version. Members that the schema does
 * not know are dropped (R22). Throws a {@link MessageFormatError}: `unknown-source` for an event that its owner did not
 * publish, `invalid-data` also where the envelope is of a type that the definition does not take.
 */
export function readMessage<D extends MessageDefinition>(definition: D, envelope: Envelope): MessageOf<D> {
  if (definition.kind === 'event' && envelope.source !== definition.owner) {
    throw new MessageFormatError('unknown-source', `${envelope.type} from "${envelope.source}"`, envelope.id);
  }
  const { id, source, time, subject, traceparent, actor } = envelope;
  // What its schema has passed.
  const data = dataOf(definition, envelope) as DataOf<D>;
  return { id, type: definition.type, source, time, subject, traceparent, actor, data };
}

function dataOf(definition: MessageDefinition, envelope: Envelope): unknown {
  if (envelope.type === definition.type) return check(definition, envelope.data, envelope.id);
  const step = definition.upcasts.find(({ from }) => acceptedTypes(from).includes(envelope.type));
  if (!step) throw new MessageFormatError('invalid-data', `${envelope.type} is no ${definition.type}`, envelope.id);
  const older = dataOf(step.from, envelope);
  let lifted: unknown;
  try {
    lifted = step.lift(older);
  } catch (cause) {
    const detail = `${step.from.type} could not be lifted to ${definition.type}`;
    throw new MessageFormatError('invalid-data', detail, envelope.id, { cause });
  }
  return check(definition, lifted, envelope.id);
}

function check({ type, schema }: MessageDefinition, data: unknown, id: string): unknown {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { error: cause } = parsed;
  throw new MessageFormatError('invalid-data', `${type}: ${z.prettifyError(cause)}`, id, { cause });
}
