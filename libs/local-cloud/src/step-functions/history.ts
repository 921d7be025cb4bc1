import { type StateMachine } from 'aws-local-stepfunctions';
import { type Ending, type Journal } from './journal.js';

type Events = ReturnType<StateMachine['run']>['eventLogs'];
type Event = Events extends AsyncGenerator<infer E> ? E : never;

/** An event as `GetExecutionHistory` gives it, without its number. */
export interface HistoryEvent {
  readonly type: string;
  /** Seconds since the epoch, as on the wire. */
  readonly timestamp: number;
  readonly [details: string]: unknown;
}

const ENDS = {
  RUNNING: 'Started',
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  TIMED_OUT: 'TimedOut',
  ABORTED: 'Aborted',
} as const;

/**
 * Writes down an execution's events. A run that follows another one says again what was said before; that is left out, by
 * its number. Entered and left states, failed tasks and the end are kept; AWS has more events about each task.
 */
export class HistoryRecorder {
  readonly #known: number;
  #count = 0;
  #unwritten: string[] = [];

  constructor(
    private readonly journal: Journal,
    private readonly execution: number,
    /** States that wait: the library runs them as tasks. */
    private readonly waits: ReadonlySet<string>,
  ) {
    this.#known = journal.countEvents(execution);
  }

  /** Listens until the run has ended. */
  async follow(events: Events): Promise<void> {
    for await (const event of events) {
      const kept = this.#historyOf(event);
      if (kept === undefined) continue;
      this.#count += 1;
      if (this.#count > this.#known) this.#unwritten.push(JSON.stringify(kept));
    }
  }

  /** Writes what was heard since the last time. */
  write(): void {
    if (this.#unwritten.length === 0) return;
    this.journal.addEvents(this.execution, this.#count, this.#unwritten);
    this.#unwritten = [];
  }

  /** Writes the end of the execution too, which the runner knows better than the library. */
  end({ status, output, error, cause }: Ending, at: number): void {
    const name = ENDS[status];
    const details = status === 'SUCCEEDED' ? { output } : { error, cause };
    const event: HistoryEvent = {
      type: `Execution${name}`,
      timestamp: at / 1_000,
      [`execution${name}EventDetails`]: details,
    };
    this.#unwritten.push(JSON.stringify(event));
    this.#count = Math.max(this.#count, this.#known) + 1;
    this.write();
  }

  #historyOf(event: Event): HistoryEvent | undefined {
    const { type } = event;
    const timestamp = event.timestamp / 1_000;
    if (type === 'ExecutionStarted') {
      return { type, timestamp, executionStartedEventDetails: { input: JSON.stringify(event.input) } };
    }
    if (type === 'StateEntered') {
      const { name, input } = event.state;
      const stateEnteredEventDetails = { name, input: JSON.stringify(input) };
      return { type: `${this.#typeOf(event.state)}StateEntered`, timestamp, stateEnteredEventDetails };
    }
    if (type === 'StateExited') {
      const { name, output } = event.state;
      const stateExitedEventDetails = { name, output: JSON.stringify(output) };
      return { type: `${this.#typeOf(event.state)}StateExited`, timestamp, stateExitedEventDetails };
    }
    if (type !== 'StateFailed' || this.#typeOf(event.state) !== 'Task') return undefined;
    const what = { resourceType: 'lambda', resource: 'invoke', error: event.Error, cause: String(event.Cause) };
    return { type: 'TaskFailed', timestamp, taskFailedEventDetails: what };
  }

  #typeOf({ name, type }: { readonly name: string; readonly type: string }): string {
    return this.waits.has(name) ? 'Wait' : type;
  }
}
