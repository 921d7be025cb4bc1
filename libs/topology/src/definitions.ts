import type { z } from 'zod';

/** A message declared once: its type, who owns it, and the schema of its data. */
export interface MessageDefinition<
  Kind extends 'event' | 'command' = 'event' | 'command',
  Owner extends string = string,
  Type extends string = string,
  Schema extends z.ZodType = z.ZodType,
> {
  readonly kind: Kind;
  /** An event is owned by the service that publishes it, a command by the service that carries it out. */
  readonly owner: Owner;
  /** `<owner>.<name>.v<version>`, the CloudEvents `type`. */
  readonly type: Type;
  readonly version: number;
  readonly description: string;
  readonly schema: Schema;
}

export type EventDefinition<Owner extends string = string> = MessageDefinition<'event', Owner>;
export type CommandDefinition<Owner extends string = string> = MessageDefinition<'command', Owner>;

/** The data of a message as its readers see it: defaults filled in, unknown members dropped. */
export type DataOf<D extends { readonly schema: z.ZodType }> = z.output<D['schema']>;
/** The data of a message as its writer gives it. */
export type InputOf<D extends { readonly schema: z.ZodType }> = z.input<D['schema']>;

/** A stream of records, ordered per partition key. */
export interface StreamDefinition<
  Owner extends string = string,
  Name extends string = string,
  Schema extends z.ZodType = z.ZodType,
> {
  readonly kind: 'stream';
  readonly owner: Owner;
  readonly name: Name;
  readonly description: string;
  readonly schema: Schema;
  /** Records with one key stay in order. */
  readonly partitionKey: (data: z.output<Schema>) => string;
  /** Shards of a provisioned stream. */
  readonly shards: number;
}

/** A definition breaks a rule of names. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

interface MessageSpec<Owner extends string, Name extends string, Version extends number, Schema extends z.ZodType> {
  readonly owner: Owner;
  readonly name: Name;
  readonly version: Version;
  readonly description: string;
  readonly data: Schema;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Throws a {@link DefinitionError} unless the name is kebab-case and at most 40 characters. */
export function checkName(what: string, name: string): void {
  if (!NAME.test(name) || name.length > 40)
    throw new DefinitionError(`${what} "${name}" is not kebab-case of at most 40 characters`);
}

function defineMessage<
  K extends 'event' | 'command',
  O extends string,
  N extends string,
  V extends number,
  S extends z.ZodType,
>(
  kind: K,
  { owner, name, version, description, data }: MessageSpec<O, N, V, S>,
): MessageDefinition<K, O, `${O}.${N}.v${V}`, S> {
  checkName('service', owner);
  checkName(kind, name);
  if (!Number.isInteger(version) || version < 1)
    throw new DefinitionError(`${owner}.${name}: version ${version} is not 1, 2, 3 …`);
  return { kind, owner, type: `${owner}.${name}.v${version}`, version, description, schema: data };
}

/** Something that happened, said by its owner to whoever subscribes. Throws a {@link DefinitionError} for a bad name. */
export function defineEvent<
  const O extends string,
  const N extends string,
  const V extends number,
  S extends z.ZodType,
>(spec: MessageSpec<O, N, V, S>): MessageDefinition<'event', O, `${O}.${N}.v${V}`, S> {
  return defineMessage('event', spec);
}

/** Something its owner is asked to do; goes straight to the owner's queue. Throws a {@link DefinitionError} for a bad name. */
export function defineCommand<
  const O extends string,
  const N extends string,
  const V extends number,
  S extends z.ZodType,
>(spec: MessageSpec<O, N, V, S>): MessageDefinition<'command', O, `${O}.${N}.v${V}`, S> {
  return defineMessage('command', spec);
}

/** A stream of records. Throws a {@link DefinitionError} for a bad name or number of shards. */
export function defineStream<const O extends string, const N extends string, S extends z.ZodType>(
  spec: Omit<StreamDefinition<O, N, S>, 'kind' | 'schema'> & { readonly data: S },
): StreamDefinition<O, N, S> {
  const { data, ...rest } = spec;
  checkName('service', spec.owner);
  checkName('stream', spec.name);
  if (!Number.isInteger(spec.shards) || spec.shards < 1)
    throw new DefinitionError(`${spec.name}: ${spec.shards} shards`);
  return { kind: 'stream', schema: data, ...rest };
}
