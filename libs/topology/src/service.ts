import {
  type CommandDefinition,
  DefinitionError,
  type EventDefinition,
  type MessageDefinition,
  type StreamDefinition,
  checkName,
} from './definitions.js';
import {
  type QueueSettings,
  type TopicSettings,
  checkDelivery,
  checkQueueSettings,
  checkTopicSettings,
} from './settings.js';
import { type AcceptedTypeOf, acceptedTypes } from './upcasts.js';

/** What one service says and hears. Whatever is not listed here it can neither publish, send, nor handle. */
export interface ServiceDefinition<
  Name extends string = string,
  Publishes extends readonly EventDefinition[] = readonly EventDefinition[],
  Sends extends readonly CommandDefinition[] = readonly CommandDefinition[],
  Handles extends readonly MessageDefinition[] = readonly MessageDefinition[],
  Writes extends readonly StreamDefinition[] = readonly StreamDefinition[],
  Reads extends readonly StreamDefinition[] = readonly StreamDefinition[],
  Queue extends QueueSettings | undefined = QueueSettings | undefined,
  Topic extends TopicSettings | undefined = TopicSettings | undefined,
> {
  readonly name: Name;
  readonly publishes: Publishes;
  readonly sends: Sends;
  readonly handles: Handles;
  readonly writes: Writes;
  readonly reads: Reads;
  /** How its queue differs from the rest. */
  readonly queue?: Queue;
  /** How its topic differs from the rest. */
  readonly topic?: Topic;
}

/** The messages a service may emit: its own events and the commands it sends. */
export type EmittedBy<S extends ServiceDefinition> = S['publishes'][number] | S['sends'][number];
/** The messages a service handles: commands of its own and events of anyone. */
export type HandledBy<S extends ServiceDefinition> = S['handles'][number];

interface ServiceSpec<N, P, C, H, W, R, Q, T> {
  readonly name: N;
  readonly publishes?: P;
  readonly sends?: C;
  readonly handles?: H;
  readonly writes?: W;
  readonly reads?: R;
  readonly queue?: Q;
  readonly topic?: T;
}

/**
 * Declares a service. It compiles only if each published event and each handled command is the service's own.
 * Throws a {@link DefinitionError} where two messages share a type, or where SQS or SNS would refuse a setting.
 */
export function defineService<
  const N extends string,
  const P extends readonly EventDefinition<N>[] = readonly [],
  const C extends readonly CommandDefinition[] = readonly [],
  const H extends readonly (EventDefinition | CommandDefinition<N>)[] = readonly [],
  const W extends readonly StreamDefinition[] = readonly [],
  const R extends readonly StreamDefinition[] = readonly [],
  const Q extends QueueSettings | undefined = undefined,
  const T extends TopicSettings | undefined = undefined,
>(
  spec: ServiceSpec<N, P, C, H, W, R, Q, T>,
  // Without NoInfer, a service declared inside the call of defineTopology would take what that call allows for what it says.
): ServiceDefinition<N, NoInfer<P>, NoInfer<C>, NoInfer<H>, NoInfer<W>, NoInfer<R>, NoInfer<Q>, NoInfer<T>> {
  checkName('service', spec.name);
  checkQueueSettings(spec.name, spec.queue);
  checkTopicSettings(spec.name, spec.topic);
  const none: readonly never[] = [];
  const service = {
    name: spec.name,
    publishes: spec.publishes ?? none,
    sends: spec.sends ?? none,
    handles: spec.handles ?? none,
    writes: spec.writes ?? none,
    reads: spec.reads ?? none,
    ...(spec.queue === undefined ? {} : { queue: spec.queue }),
    ...(spec.topic === undefined ? {} : { topic: spec.topic }),
  };
  for (const list of [service.publishes, service.sends, service.handles]) {
    const types = list.map(({ type }) => type);
    const twice = types.find((type, at) => types.indexOf(type) !== at);
    if (twice !== undefined) throw new DefinitionError(`${spec.name} lists ${twice} twice`);
  }
  // The absent lists are the empty tuples that the type parameters default to.
  return service as ServiceDefinition<N, P, C, H, W, R, Q, T>;
}

type Published<S extends readonly ServiceDefinition[]> = S[number]['publishes'][number]['type'];
type HandledEvents<S extends readonly ServiceDefinition[]> = Extract<S[number]['handles'][number], { kind: 'event' }>;
type HandledCommands<S extends readonly ServiceDefinition[]> = AcceptedTypeOf<
  Extract<S[number]['handles'][number], { kind: 'command' }>
>;
/** Those of the handled messages of which no version that their handler takes is among the types. */
type Without<Handled, Types> = Handled extends MessageDefinition
  ? [Extract<AcceptedTypeOf<Handled>, Types>] extends [never]
    ? Handled['type']
    : never
  : never;
type Sent<S extends readonly ServiceDefinition[]> = S[number]['sends'][number]['type'];

/** Shown by the compiler where services do not fit together: `types` lists the offending messages. */
export interface Unmatched<Problem extends string, Types> {
  readonly problem: Problem;
  readonly types: Types;
}

/** Owners whose events FIFO queues hear, and whose topics are not FIFO. */
type Unordered<S extends readonly ServiceDefinition[]> = Exclude<
  Extract<
    Extract<S[number], { readonly queue?: { readonly fifo: true } }>['handles'][number],
    { kind: 'event' }
  >['owner'],
  Extract<S[number], { readonly topic?: { readonly fifo: true } }>['name']
>;

type Check<S extends readonly ServiceDefinition[]> = [Without<HandledEvents<S>, Published<S>>] extends [never]
  ? [Exclude<Sent<S>, HandledCommands<S>>] extends [never]
    ? [Unordered<S>] extends [never]
      ? unknown
      : Unmatched<'a FIFO queue hears a topic that is not FIFO', Unordered<S>>
    : Unmatched<'a command is sent that no service handles', Exclude<Sent<S>, HandledCommands<S>>>
  : Unmatched<'an event is subscribed to that no service publishes', Without<HandledEvents<S>, Published<S>>>;

/** Services that talk to each other, and the prefix of everything they own in AWS. */
export interface Topology<S extends readonly ServiceDefinition[] = readonly ServiceDefinition[]> {
  readonly name: string;
  readonly services: S;
}

/**
 * Joins services. It compiles only if every event that one subscribes to is published by some service,
 * and every command that one sends is handled by its owner. Throws a {@link DefinitionError} for a name used twice.
 */
export function defineTopology<const S extends readonly ServiceDefinition[]>(
  name: string,
  services: S & Check<S>,
): Topology<S> {
  checkName('topology', name);
  const names = services.map((service) => service.name);
  if (new Set(names).size !== names.length)
    throw new DefinitionError(`two services of ${name} share a name: ${names.join(', ')}`);
  const all: readonly ServiceDefinition[] = services;
  const published = new Set(all.flatMap((service) => service.publishes.map(({ type }) => type)));
  const handled = new Set(all.flatMap((service) => service.handles.flatMap(acceptedTypes)));
  for (const { name: service, handles, sends } of all) {
    const deaf = handles.find(
      (message) => message.kind === 'event' && !acceptedTypes(message).some((type) => published.has(type)),
    );
    if (deaf) throw new DefinitionError(`${service} subscribes to ${deaf.type}, which no service publishes`);
    const lost = sends.find(({ type }) => !handled.has(type));
    if (lost) throw new DefinitionError(`${service} sends ${lost.type}, which no service handles`);
  }
  checkDelivery(name, all);
  return { name, services };
}
