import { createHash } from 'node:crypto';
import { type RunOptions, type StateMachine } from 'aws-local-stepfunctions';
import { type Plan } from './definition.js';
import { type HistoryRecorder } from './history.js';
import { type Ending, type ExecutionRow, type Journal, type Outcome } from './journal.js';
import { SuspendedError, TaskError } from './step-functions.errors.js';

type Handler = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>[string];
type Json = Parameters<Handler>[0];

/** Calls what a task names. Throws a {@link TaskError}. */
export type Invoke = (input: unknown, timeoutSeconds: number | undefined) => Promise<string>;

/** What one run needs. */
export interface RunSettings {
  readonly execution: ExecutionRow;
  readonly context: Readonly<Record<string, string>>;
  readonly plan: Plan;
  readonly machine: StateMachine;
  readonly journal: Journal;
  readonly history: HistoryRecorder;
  readonly invoke: Invoke;
}

/** How a run ended: with the execution, or in a wait until then. */
export type RunResult = { readonly ending: Ending } | { readonly until: number };

/**
 * One run of an execution from its beginning. What the journal knows of earlier runs is not done again: each task is
 * answered by its outcome of then, in the order of then, so that the run goes the same way up to where the last one came
 * to; from there on it is the first. A task that was under way when its runner died has no outcome, and is begun anew.
 */
export class ExecutionRun {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #seen = new Map<string, number>();
  #unused: number;
  #abort: (() => void) | undefined;
  #aborted = false;

  constructor(private readonly settings: RunSettings) {
    const known = settings.journal.outcomes(settings.execution.id);
    for (const { key, occurrence, kind, body } of known) this.#outcomes.set(`${key}#${occurrence}`, { kind, body });
    this.#unused = known.length;
  }

  /** Ends the run; what its tasks answer is no longer of interest. */
  abort(): void {
    this.#aborted = true;
    this.#abort?.();
  }

  async run(): Promise<RunResult> {
    const { execution, plan, machine, context, history } = this.settings;
    const left = this.#timeLeft();
    if (left <= 0) return { ending: { status: 'TIMED_OUT' } };
    const names = [...plan.tasks.keys(), ...plan.waits];
    const { result, abort, eventLogs } = machine.run(JSON.parse(execution.input) as Json, {
      context: { Execution: context },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(names.map((name) => [name, this.#handlerOf(name)])),
        retryIntervalOverrides: this.#intervals(names),
      },
    });
    this.#abort = abort;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      this.abort();
    }, left);
    const recorded = history.follow(eventLogs);
    try {
      return { ending: { status: 'SUCCEEDED', output: JSON.stringify(await result) } };
    } catch (error) {
      if (timedOut) return { ending: { status: 'TIMED_OUT' } };
      if (this.#aborted) return { ending: { status: 'ABORTED' } };
      // The library wraps whatever ended the run.
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      if (cause instanceof SuspendedError) return { until: cause.until };
      return { ending: failureOf(cause) };
    } finally {
      clearTimeout(timer);
      await recorded;
    }
  }

  #timeLeft(): number {
    const { execution, plan } = this.settings;
    // As long as a timer of Node can be.
    if (plan.timeoutSeconds === undefined) return 2 ** 31 - 1;
    return Math.min(execution.started_at + plan.timeoutSeconds * 1_000 - Date.now(), 2 ** 31 - 1);
  }

  /** Between attempts that lie in the past there is no pause. */
  #intervals(names: readonly string[]): Record<string, number> {
    const intervals = {};
    const get = (): number | undefined => (this.#unused > 0 ? 0 : undefined);
    for (const name of names) Object.defineProperty(intervals, name, { get });
    return intervals;
  }

  #handlerOf(name: string): Handler {
    return async (input) => {
      // The library may go on for a moment with an execution that was stopped.
      if (this.#aborted) throw new TaskError('States.Runtime', 'the execution was stopped');
      const key = `${name} ${createHash('sha256').update(JSON.stringify(input)).digest('base64url').slice(0, 22)}`;
      const occurrence = this.#seen.get(key) ?? 0;
      this.#seen.set(key, occurrence + 1);
      const known = this.#outcomes.get(`${key}#${occurrence}`);
      if (known !== undefined) this.#unused -= 1;
      const outcome = known ?? (await this.#first(name, input, { key, occurrence }));
      return this.settings.plan.waits.has(name) ? this.#wait(outcome) : answerOf(outcome);
    };
  }

  /** Does what no run has done before, and writes down what came of it before anything follows from it. */
  async #first(
    name: string,
    input: Json,
    place: { readonly key: string; readonly occurrence: number },
  ): Promise<Outcome> {
    const { execution, journal, history, plan } = this.settings;
    await journal.soon(() => history.write());
    const outcome = plan.waits.has(name)
      ? ({ kind: 'wait', body: String(endOfWait(input)) } as const)
      : await this.#invoke(name, input);
    if (this.#aborted) throw new TaskError('States.Runtime', 'the execution was stopped');
    await journal.soon(() => {
      journal.addOutcome({ execution: execution.id, ...place, ...outcome });
      history.write();
    });
    return outcome;
  }

  async #invoke(name: string, input: Json): Promise<Outcome> {
    const { invoke, plan } = this.settings;
    try {
      return { kind: 'result', body: await invoke(input, plan.tasks.get(name)) };
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      return { kind: 'error', body: JSON.stringify([error.name, error.message]) };
    }
  }

  /** A wait in a machine without branches frees its place; in one with branches the others go on meanwhile. */
  async #wait({ body }: Outcome): Promise<Json> {
    const until = Number(body);
    if (!this.settings.plan.branches && until > Date.now()) throw new SuspendedError(until);
    while (until > Date.now() && !this.#aborted) {
      const ms = Math.min(until - Date.now(), 60_000);
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    return null;
  }
}

function answerOf({ kind, body }: Outcome): Json {
  if (kind === 'result') return JSON.parse(body) as Json;
  const [name, message] = JSON.parse(body) as [string, string];
  throw new TaskError(name, message);
}

/** When a wait that begins now ends: after `seconds`, or at `timestamp`. */
function endOfWait(input: Json): number {
  const { seconds, timestamp } = Object(input) as { readonly seconds?: unknown; readonly timestamp?: unknown };
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0) return Date.now() + seconds * 1_000;
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(at)) throw new TaskError('States.Runtime', 'the wait has neither whole seconds nor a timestamp');
  return at;
}

function failureOf(error: unknown): Ending {
  if (!(error instanceof Error)) return { status: 'FAILED', error: 'States.Runtime', cause: String(error) };
  return { status: 'FAILED', error: error.name, cause: error.message };
}
