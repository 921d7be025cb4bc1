import type { z } from 'zod';

/** How the data of an older version becomes data of a newer one. Made by {@link upcast}. */
export interface Upcast<Data = unknown> {
  /** The older version, which consumers of the newer one still take. */
  readonly from: MessageDefinition;
  /** Data that the older schema has passed, as what a writer of the newer version gives. */
  readonly lift: (data: unknown) => Data;
}

/** A message declared once: its type, who owns it, and the schema of its data. */
export interface MessageDefinition<
  Kind extends 'event' | 'command' = 'event' | 'command',
  Owner extends string = string,
  Type extends string = string,
  Schema extends z.ZodType = z.ZodType,
  Reply extends z.ZodType | undefined = z.ZodType | undefined,
  Upcasts extends readonly Upcast[] = readonly Upcast[],
> {
  readonly kind: Kind;
  /** An event is owned by the service that publishes it, a command by the service that carries it out. */
  readonly owner: Owner;
  /** `<owner>.<name>.v<version>`, the CloudEvents `type`. */
  readonly type: Type;
  readonly version: number;
  readonly description: string;
  readonly schema: Schema;
  /** The schema of each reply, where the command is a request. */
  readonly reply: Reply;
  /** How older versions are read, which a consumer then takes too. */
  readonly upcasts: Upcasts;
}

export type EventDefinition<Owner extends string = string> = MessageDefinition<'event', Owner>;
export type CommandDefinition<Owner extends string = string> = MessageDefinition<'command', Owner>;

/** The data of a message as its readers see it: defaults filled in, unknown members dropped. */
export type DataOf<D extends { readonly schema: z.ZodType }> = z.output<D['schema']>;
/** The data of a message as its writer gives it. */
export type InputOf<D extends { readonly schema: z.ZodType }> = z.input<D['schema']>;

/** A command that is answered. */
export type RequestDefinition<Owner extends string = string> = CommandDefinition<Owner> & { readonly reply: z.ZodType };
/** One reply to a request as its asker sees it. */
export type ReplyOf<D extends { readonly reply: z.ZodType }> = z.output<D['reply']>;
/** One reply to a request as its handler gives it. */
export type ReplyInputOf<D extends { readonly reply: z.ZodType }> = z.input<D['reply']>;

/** A definition breaks a rule of names or versions. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}
