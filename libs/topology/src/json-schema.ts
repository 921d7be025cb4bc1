import { z } from 'zod';

/** The part of JSON Schema 2020-12 that zod writes for data: no conditions, no references but to `$defs`. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly format?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/**
 * A shape as it goes over the wire, once for each end: `writes` is what its writer puts there, defaults filled in;
 * `reads` is what its reader accepts, where a default stands in for what is absent and unknown members are ignored.
 */
export interface WireSchema {
  readonly writes: JsonSchema;
  readonly reads: JsonSchema;
}

/** The wire shape of a zod schema, free of anything but data, so that it can be kept in a file. */
export function wireSchemaOf(schema: z.ZodType): WireSchema {
  const plain = (io: 'input' | 'output'): JsonSchema => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
    return JSON.parse(JSON.stringify(rest)) as JsonSchema;
  };
  return { writes: plain('output'), reads: plain('input') };
}
