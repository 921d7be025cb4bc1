import type { InputOf, MessageDefinition } from '@lethe/topology';
import { SagaDefinitionError } from '../outbox.errors.js';

/** Where a saga can go from each of its states; a state with nowhere to go is final. */
export type TransitionTable<State extends string = string> = { readonly [Each in State]: readonly State[] };

/** Whose time-out it is: of the saga with this id, in the step with this number. */
export interface SagaTimer {
  readonly id: string;
  readonly step: number;
}

/** What is sent to the service itself when a saga stays in a state for too long. Made by {@link timeout}. */
export interface SagaTimeout {
  readonly message: MessageDefinition;
  readonly data: (timer: SagaTimer) => unknown;
  readonly afterSeconds: (fired: number) => number;
}

/** A saga as data: checked when it is defined, walked by messages, the state in a row. */
export interface SagaDefinition<
  State extends string = string,
  Table extends TransitionTable<State> = TransitionTable<State>,
> {
  readonly name: string;
  readonly initial: State;
  readonly transitions: Table;
  readonly timeouts: Readonly<Partial<Record<State, SagaTimeout>>>;
  /** Whether a path of one step or more leads from one state to the other. */
  readonly leads: (from: string, to: string) => boolean;
}

/**
 * The time-out of a state: the message, a command that the service sends itself, what it says, and how long the saga may
 * stay, in seconds; as a function, how long after so many time-outs in this state (0 for the first).
 */
export function timeout<D extends MessageDefinition>(
  message: D,
  {
    data,
    afterSeconds,
  }: {
    readonly data: (timer: SagaTimer) => InputOf<D>;
    readonly afterSeconds: number | ((fired: number) => number);
  },
): SagaTimeout {
  return { message, data, afterSeconds: typeof afterSeconds === 'number' ? () => afterSeconds : afterSeconds };
}

const NONE: SagaDefinition['timeouts'] = {};

/**
 * Declares a saga. Throws a {@link SagaDefinitionError} for a transition to a state that has no line of its own, for a
 * state that cannot be reached from the first, and for a time-out of a final state.
 */
export function defineSaga<const Table extends { readonly [State in keyof Table]: readonly (keyof Table)[] }>({
  name,
  initial,
  transitions,
  timeouts,
}: {
  readonly name: string;
  readonly initial: keyof Table & string;
  readonly transitions: Table & TransitionTable<keyof Table & string>;
  readonly timeouts?: Readonly<Partial<Record<keyof Table & string, SagaTimeout>>>;
}): SagaDefinition<keyof Table & string, Table & TransitionTable<keyof Table & string>> {
  const table = new Map<string, readonly string[]>(Object.entries(transitions));
  for (const [from, targets] of table) {
    const unknown = targets.find((to) => !table.has(to));
    if (unknown !== undefined) throw new SagaDefinitionError(name, `${from} leads to ${unknown}, which has no line`);
  }
  const reach = new Map([...table.keys()].map((state) => [state, reachableFrom(state, table)]));
  const stranded = [...table.keys()].find((state) => state !== initial && reach.get(initial)?.has(state) !== true);
  if (stranded !== undefined) throw new SagaDefinitionError(name, `nothing leads from ${initial} to ${stranded}`);
  const idle = Object.keys(timeouts ?? {}).find((state) => table.get(state)?.length === 0);
  if (idle !== undefined) throw new SagaDefinitionError(name, `${idle} is final and has nothing to wait for`);
  return {
    name,
    initial,
    transitions,
    timeouts: timeouts ?? NONE,
    leads: (from, to) => reach.get(from)?.has(to) === true,
  };
}

function reachableFrom(state: string, table: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(table.get(state) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(table.get(next) ?? []));
  }
  return reached;
}
