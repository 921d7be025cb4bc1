import { z } from 'zod';

const nextSchema = z.looseObject({ Next: z.string().optional(), ErrorEquals: z.array(z.string()).default([]) });
const retrySchema = nextSchema.extend({
  MaxAttempts: z.int().optional(),
  BackoffRate: z.number().optional(),
  MaxDelaySeconds: z.int().optional(),
  JitterStrategy: z.string().optional(),
});
const stateSchema = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(nextSchema).default([]),
  Catch: z.array(nextSchema).default([]),
  Retry: z.array(retrySchema).default([]),
  TimeoutSeconds: z.int().optional(),
  Parameters: z.looseObject({ FunctionName: z.string().optional() }).default({}),
});
/** As much of a definition as the rules look at. */
export const machineSchema = z.looseObject({
  StartAt: z.string(),
  TimeoutSeconds: z.int().optional(),
  States: z.record(z.string(), stateSchema),
});
export type Machine = z.output<typeof machineSchema>;
type State = z.output<typeof stateSchema>;

/** Where a state may go. */
export function nextOf({ Next, Default, Choices, Catch }: State): string[] {
  return [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((catcher) => catcher.Next)].filter(
    (name) => name !== undefined,
  );
}

function reachable({ StartAt, States }: Machine): Set<string> {
  const seen = new Set<string>([StartAt]);
  for (const name of seen) {
    const state = States[name];
    if (state !== undefined) for (const next of nextOf(state)) seen.add(next);
  }
  return seen;
}

/** What the store asks of its state machines beyond the language itself; each fault names the state. */
export function faultsOf(machine: Machine, functions: readonly string[]): string[] {
  const text = JSON.stringify(machine);
  const known = reachable(machine);
  return [
    // The local runner ignores JSONata without a word, and has no task tokens.
    ...(/"QueryLanguage":"JSONata"|\{%/.test(text) ? ['JSONata'] : []),
    ...(/waitForTaskToken|\$\$\.Task\.Token/.test(text) ? ['task token'] : []),
    ...(machine.TimeoutSeconds === undefined ? ['no time limit'] : []),
    ...Object.entries(machine.States).flatMap(([name, state]) => [
      ...(known.has(name) ? [] : [`${name} is never reached`]),
      ...(state.Type === 'Task' ? taskFaults(name, state, functions) : []),
    ]),
  ];
}

function taskFaults(name: string, state: State, functions: readonly string[]): string[] {
  const repeating = state.Retry.filter(({ MaxAttempts }) => MaxAttempts !== 0);
  const paced = repeating.every(
    (retry) =>
      retry.BackoffRate !== undefined && retry.MaxDelaySeconds !== undefined && retry.JitterStrategy === 'FULL',
  );
  const catchesAll = state.Catch.at(-1)?.ErrorEquals.includes('States.ALL') === true;
  return [
    ...(state.TimeoutSeconds === undefined ? [`${name} has no time limit`] : []),
    ...(repeating.length === 0 ? [`${name} is not retried`] : []),
    ...(paced ? [] : [`${name} is retried without backoff, cap and jitter`]),
    ...(catchesAll ? [] : [`${name} lets errors through`]),
    ...(functions.includes(state.Parameters.FunctionName ?? '') ? [] : [`${name} names no function of the store`]),
  ];
}
