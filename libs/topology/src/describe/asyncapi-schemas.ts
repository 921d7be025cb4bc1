import type { z } from 'zod';
import { type JsonSchema, wireSchemaOf } from '../json-schema.js';
import type { MessageDefinition, RequestDefinition } from '../message-definition.js';
import { replyType } from '../replies.js';

/** The schemas of an AsyncAPI document under their names. */
export type Schemas = Record<string, object>;

const REF = '#/components/schemas/';
/** What the schema of data is called beside that of the whole message. */
const dataName = (type: string): string => `${type}.data`;

/** A CloudEvents 1.0 envelope as JSON, without its data. */
const ENVELOPE = {
  type: 'object',
  description: 'A CloudEvents 1.0 envelope in structured JSON.',
  required: ['specversion', 'id', 'source', 'type', 'time'],
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: { type: 'string', format: 'uuid', description: 'The same for every delivery: deduplicate by it.' },
    source: { type: 'string', description: 'Name of the service that emitted it.' },
    type: { type: 'string' },
    time: { type: 'string', format: 'date-time' },
    subject: { type: 'string', description: 'Id of the aggregate it is about.' },
    datacontenttype: { type: 'string', const: 'application/json' },
    traceparent: { type: 'string', description: 'W3C trace context in which it was made.' },
    actor: { type: 'string', description: 'On whose behalf: `user:<id>@<issuer>` or `service:<name>`.' },
    dataref: { type: 'string', description: 'Where data too large for the message lies (claim check).' },
  },
};

/** Attributes of a message in SNS and SQS. */
const HEADERS = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { type: 'string', description: 'The CloudEvents type, which subscriptions filter on.' },
    traceparent: { type: 'string', description: 'W3C trace context, as in the body.' },
    'reply-to': { type: 'string', description: 'Where the replies to a request go.' },
  },
};

/** What every message has. */
export function commonSchemas(): Schemas {
  return { 'cloudevents.envelope': ENVELOPE, 'message.attributes': HEADERS };
}

/** The schemas of a message: the whole, and its data as it goes over the wire. */
export function messageSchemas({ kind, type, owner, schema }: MessageDefinition): Schemas {
  const properties = {
    type: { type: 'string', const: type },
    ...(kind === 'event' ? { source: { type: 'string', const: owner } } : {}),
    data: { $ref: `${REF}${dataName(type)}` },
  };
  return { ...enveloped(type, properties), ...dataSchemas(dataName(type), schema) };
}

/** The schemas of the replies to a request: pieces that hold items. */
export function replySchemas({ type, owner, reply }: RequestDefinition): Schemas {
  const name = replyType(type);
  const properties = {
    type: { type: 'string', const: name },
    source: { type: 'string', const: owner },
    data: {
      type: 'object',
      required: ['from', 'items'],
      properties: {
        from: { type: 'integer', minimum: 0, description: 'How many items came before.' },
        items: { type: 'array', items: { $ref: `${REF}${dataName(name)}` } },
        end: { type: 'boolean', const: true, description: 'Nothing follows.' },
        error: { description: 'How the answer ended, where it did not end well.' },
      },
    },
  };
  return { ...enveloped(name, properties), ...dataSchemas(dataName(name), reply) };
}

/** The schemas of data under a name, its `$defs` beside it: AsyncAPI resolves references from the root of the document. */
export function dataSchemas(name: string, schema: z.ZodType): Schemas {
  const { $defs = {}, ...written } = wireSchemaOf(schema).writes;
  const rebased = (part: JsonSchema): object => rebase(part, name);
  return {
    [name]: rebased(written),
    ...Object.fromEntries(Object.entries($defs).map(([def, part]) => [`${name}.${safe(def)}`, rebased(part)])),
  };
}

function enveloped(type: string, properties: object): Schemas {
  return { [type]: { allOf: [{ $ref: `${REF}cloudevents.envelope` }, { type: 'object', properties }] } };
}

/** The schema with its references changed to where they are now. */
function rebase(schema: JsonSchema, name: string): object {
  const moved: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    if (value === '#') return `${REF}${name}`;
    return value.replace(/^#\/\$defs\/(.+)$/, (_, def: string) => `${REF}${name}.${safe(def)}`);
  });
  return typeof moved === 'object' && moved !== null ? moved : {};
}

/** Names of components have no other characters. Source: AsyncAPI 3.0, "Components Object". */
function safe(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}
