import type { z } from 'zod';
import { DefinitionError, type MessageDefinition, type Upcast } from './message-definition.js';
import { type UpcastFrom, checkUpcasts } from './upcasts.js';

export {
  type CommandDefinition,
  type DataOf,
  DefinitionError,
  type EventDefinition,
  type InputOf,
  type MessageDefinition,
  type ReplyInputOf,
  type ReplyOf,
  type RequestDefinition,
  type Upcast,
} from './message-definition.js';

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

/** Whether a text has the form of a message's type, `<owner>.<name>.v<version>`. */
export function isMessageType(text: string): boolean {
  const [owner = '', name = '', version = '', ...rest] = text.split('.');
  return rest.length === 0 && NAME.test(owner) && NAME.test(name) && /^v[1-9][0-9]*$/.test(version);
}

interface MessageSpec<
  Owner extends string,
  Name extends string,
  Version extends number,
  Schema extends z.ZodType,
  Upcasts,
> {
  readonly owner: Owner;
  readonly name: Name;
  readonly version: Version;
  readonly description: string;
  readonly data: Schema;
  /** Older versions that consumers of this one still take. A writer publishes one version, never both. */
  readonly upcasts?: Upcasts;
}
interface CommandSpec<
  O extends string,
  N extends string,
  V extends number,
  S extends z.ZodType,
  U,
  R,
> extends MessageSpec<O, N, V, S, U> {
  /** Makes the command a request: the shape of each reply. */
  readonly reply?: R;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Throws a {@link DefinitionError} unless the name is kebab-case and at most 40 characters. */
export function checkName(what: string, name: string): void {
  if (!NAME.test(name) || name.length > 40)
    throw new DefinitionError(`${what} "${name}" is not kebab-case of at most 40 characters`);
}

function messageOf(
  kind: 'event' | 'command',
  spec: CommandSpec<string, string, number, z.ZodType, readonly Upcast[], z.ZodType | undefined>,
): MessageDefinition {
  const { owner, name, version, description, data, reply, upcasts = [] } = spec;
  checkName('service', owner);
  checkName(kind, name);
  if (!Number.isInteger(version) || version < 1)
    throw new DefinitionError(`${owner}.${name}: version ${version} is not 1, 2, 3 …`);
  const type = `${owner}.${name}.v${version}`;
  const definition = { kind, owner, type, version, description, schema: data, reply, upcasts };
  checkUpcasts(definition);
  return definition;
}

/**
 * Something that happened, said by its owner to whoever subscribes. Throws a {@link DefinitionError} for a bad name, or
 * an older version that is none.
 */
export function defineEvent<
  const O extends string,
  const N extends string,
  const V extends number,
  S extends z.ZodType,
  const U extends readonly UpcastFrom<MessageDefinition<'event', O>, z.input<NoInfer<S>>>[] = readonly [],
>(spec: MessageSpec<O, N, V, S, U>): MessageDefinition<'event', O, `${O}.${N}.v${V}`, S, undefined, U> {
  // The members are those of the spec, whose types the parameters are.
  return messageOf('event', spec) as MessageDefinition<'event', O, `${O}.${N}.v${V}`, S, undefined, U>;
}

/**
 * Something its owner is asked to do; goes straight to the owner's queue. With a `reply` it is a request, which its
 * handler answers. Throws a {@link DefinitionError} for a bad name, or an older version that is none.
 */
export function defineCommand<
  const O extends string,
  const N extends string,
  const V extends number,
  S extends z.ZodType,
  const U extends readonly UpcastFrom<MessageDefinition<'command', O>, z.input<NoInfer<S>>>[] = readonly [],
  R extends z.ZodType | undefined = undefined,
>(spec: CommandSpec<O, N, V, S, U, R>): MessageDefinition<'command', O, `${O}.${N}.v${V}`, S, R, U> {
  return messageOf('command', spec) as MessageDefinition<'command', O, `${O}.${N}.v${V}`, S, R, U>;
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
