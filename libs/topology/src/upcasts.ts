import type { z } from 'zod';
import { DefinitionError, type MessageDefinition, type Upcast } from './message-definition.js';

/** An upcast that knows what it starts from. */
export interface UpcastFrom<From extends MessageDefinition, Data = unknown> extends Upcast<Data> {
  readonly from: From;
}

/**
 * Tells a newer version how to read an older one: `defineEvent({ …, version: 2, upcasts: [upcast(PlacedV1, lift)] })`.
 * `lift` is pure: it runs at every delivery. What it throws is an `invalid-data` of the message.
 */
export function upcast<const From extends MessageDefinition, Data>(
  from: From,
  lift: (data: z.output<From['schema']>) => Data,
): UpcastFrom<From, Data> {
  // It is only ever called with data that `from.schema` has given.
  return { from, lift: lift as (data: unknown) => Data };
}

/**
 * Every type that a consumer of the definition takes: its own and, through its upcasts, older ones. Where the compiler
 * was not told the upcasts, its own type only.
 */
export type AcceptedTypeOf<D extends MessageDefinition> = D extends MessageDefinition
  ? D['type'] | (number extends D['upcasts']['length'] ? never : AcceptedTypeOf<D['upcasts'][number]['from']>)
  : never;

/** The definition and every older version that leads to it, the newest first. */
export function versionsOf(definition: MessageDefinition): MessageDefinition[] {
  const versions = [definition, ...definition.upcasts.flatMap(({ from }) => versionsOf(from))];
  return [...new Map(versions.map((version) => [version.type, version])).values()];
}

/** The types that a consumer of the definition takes, its own first: what it subscribes to. */
export function acceptedTypes(definition: MessageDefinition): string[] {
  return versionsOf(definition).map(({ type }) => type);
}

/** Throws a {@link DefinitionError} where an older version is another message, or no older, or leads here twice. */
export function checkUpcasts({ type, kind, owner, version, reply, upcasts }: MessageDefinition): void {
  for (const { from } of upcasts) {
    const name = (message: string): string => message.replace(/\.v\d+$/, '');
    if (from.kind !== kind || from.owner !== owner || name(from.type) !== name(type))
      throw new DefinitionError(`${type} cannot be lifted from ${from.type}, which is another message`);
    if (from.version >= version)
      throw new DefinitionError(`${type} cannot be lifted from ${from.type}, which is no older`);
    if (from.reply !== undefined && reply === undefined)
      throw new DefinitionError(`${type} has no reply for those who still send ${from.type}`);
  }
  const all = upcasts.flatMap(({ from }) => acceptedTypes(from));
  const twice = all.find((accepted, at) => all.indexOf(accepted) !== at);
  if (twice !== undefined) throw new DefinitionError(`${type} can be lifted from ${twice} in two ways`);
}
