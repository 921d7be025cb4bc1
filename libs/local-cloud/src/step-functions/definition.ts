import { type StateMachineDefinition } from 'aws-local-stepfunctions';
import { SfnError } from './step-functions.errors.js';

type State = StateMachineDefinition['States'][string];
type Machine = Pick<StateMachineDefinition, 'StartAt' | 'States'>;
type Task = Extract<State, { Type: 'Task' }>;
type Wait = Extract<State, { Type: 'Wait' }>;

/** A definition as the library runs it, and what is kept of it beside. */
export interface Plan {
  readonly definition: StateMachineDefinition;
  /** Seconds that each task may take, by its state; undefined without a limit. */
  readonly tasks: ReadonlyMap<string, number | undefined>;
  readonly waits: ReadonlySet<string>;
  /** Seconds that the whole execution may take. */
  readonly timeoutSeconds: number | undefined;
  /** Whether two states can be under way at once. */
  readonly branches: boolean;
}

/** As long as a timer of Node can be; a bound of our own is nearer. */
const NEVER_SECONDS = 2_000_000;
const LAMBDA = 'arn:aws:states:::lambda:invoke';
const FUNCTION = /^arn:aws:lambda:/;

/** Reads a definition. Throws an {@link SfnError} for what is not JSON and for what this runner would get wrong. */
export function parseDefinition(text: string): StateMachineDefinition {
  let definition: StateMachineDefinition;
  try {
    definition = JSON.parse(text) as StateMachineDefinition;
  } catch (cause) {
    throw new SfnError('InvalidDefinition', `not JSON: ${String(cause)}`);
  }
  if (typeof definition !== 'object' || definition === null || typeof definition.States !== 'object') {
    throw new SfnError('InvalidDefinition', 'not a state machine');
  }
  refuseUnsupported(text, definition);
  return definition;
}

/** The library ignores JSONata without a word, and has no task tokens: an execution would be wrong, or hang. */
function refuseUnsupported(text: string, definition: StateMachineDefinition): void {
  const refuse = (what: string): never => {
    throw new SfnError('InvalidDefinition', `not supported by the local runner: ${what}`);
  };
  if (/"QueryLanguage"\s*:\s*"JSONata"/.test(text)) refuse('JSONata');
  if (text.includes('$$.Task.Token') || text.includes('.waitForTaskToken')) refuse('task tokens');
  // The library sets it anew in every run.
  if (text.includes('$$.Execution.StartTime')) refuse('$$.Execution.StartTime');
  for (const [name, state] of statesOf(definition)) {
    if (state.Type === 'Wait' && (state.InputPath !== undefined || state.OutputPath !== undefined)) {
      refuse(`${name}: a path of a Wait state`);
    }
    if (state.Type !== 'Task') continue;
    if (state.Resource !== LAMBDA && !FUNCTION.test(state.Resource)) refuse(`${name}: ${state.Resource}`);
    if (state.TimeoutSecondsPath !== undefined) refuse(`${name}: TimeoutSecondsPath`);
    // It would match time-outs, which are the runner's own.
    if (state.Retry?.some(({ ErrorEquals }) => ErrorEquals.includes('States.TaskFailed'))) {
      refuse(`${name}: States.TaskFailed`);
    }
  }
}

/** All states, those inside of others too; ASL has their names differ. */
export function statesOf(machine: Machine): [string, State][] {
  return Object.entries(machine.States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...machinesIn(state).flatMap(statesOf),
  ]);
}

function machinesIn(state: State): Machine[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  const inner = state.ItemProcessor ?? state.Iterator;
  return inner === undefined ? [] : [inner];
}

/**
 * What the library is to run: waits become tasks, so that the runner learns when they end and can write it down, and
 * limits of time are left to the runner, which writes down those too.
 */
export function planOf(definition: StateMachineDefinition): Plan {
  const states = statesOf(definition);
  const { TimeoutSeconds: timeoutSeconds, ...rest } = definition;
  return {
    definition: { ...rest, States: rewritten(definition.States) },
    tasks: new Map(states.flatMap(([name, state]) => (state.Type === 'Task' ? [[name, state.TimeoutSeconds]] : []))),
    waits: new Set(states.flatMap(([name, state]) => (state.Type === 'Wait' ? [name] : []))),
    timeoutSeconds,
    branches: states.some(([, state]) => machinesIn(state).length > 0),
  };
}

function rewritten(states: Machine['States']): Machine['States'] {
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, rewrite(state)]));
}

function rewrite(state: State): State {
  if (state.Type === 'Wait') return taskOf(state);
  if (state.Type === 'Task') return { ...state, TimeoutSeconds: NEVER_SECONDS };
  if (state.Type === 'Parallel') {
    return { ...state, Branches: state.Branches.map((branch) => ({ ...branch, States: rewritten(branch.States) })) };
  }
  if (state.Type !== 'Map') return state;
  const { Iterator: old, ItemProcessor: inner = old, ...rest } = state;
  return inner === undefined ? state : { ...rest, ItemProcessor: { ...inner, States: rewritten(inner.States) } };
}

function taskOf(wait: Wait): State {
  const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = wait;
  const common: Task = {
    ...rest,
    Type: 'Task',
    Resource: LAMBDA,
    TimeoutSeconds: NEVER_SECONDS,
    ResultPath: null,
  };
  if (Seconds !== undefined) return { ...common, Parameters: { seconds: Seconds } };
  if (SecondsPath !== undefined) return { ...common, Parameters: { 'seconds.$': SecondsPath } };
  if (Timestamp !== undefined) return { ...common, Parameters: { timestamp: Timestamp } };
  return { ...common, Parameters: { 'timestamp.$': TimestampPath ?? '$' } };
}
