import { type StateMachine } from 'aws-local-stepfunctions';
import { type Plan, parseDefinition, planOf } from './definition.js';
import { ExecutionRun, type Invoke, type RunResult } from './execution-run.js';
import { HistoryRecorder } from './history.js';
import { type Ending, type ExecutionRow, type Journal } from './journal.js';

/** Executions under way at once; the others, and those that wait, are in the journal and cost no memory. */
const MAX_RUNS = 32;
const MAX_SLEEP_MS = 60_000;
/** Until an execution is tried again in which the runner itself failed. */
const FAULT_PAUSE_MS = 5_000;

interface Ready {
  readonly plan: Plan;
  readonly machine: StateMachine;
}

/** Takes executions that are due out of the journal and runs them, a bounded number at once. */
export class Runner {
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #runs = new Map<number, ExecutionRun>();
  readonly #machines = new Map<string, Promise<Ready>>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly journal: Journal,
    private readonly invoke: Invoke,
    private readonly arnOf: (execution: ExecutionRow) => string,
  ) {}

  /** Begins as many of those that are due as there is room for. */
  wake(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    for (const execution of this.journal.takeDue(Date.now(), MAX_RUNS - this.#underWay.size)) {
      this.#underWay.set(execution.id, this.#take(execution));
    }
    if (this.#underWay.size >= MAX_RUNS) return;
    const next = this.journal.nextWake();
    if (next === undefined) return;
    const ms = Math.min(Math.max(next - Date.now(), 0), MAX_SLEEP_MS);
    this.#timer = setTimeout(() => this.wake(), ms);
  }

  /** Ends an execution by hand. */
  async stop(execution: ExecutionRow, error: string | undefined, cause: string | undefined): Promise<void> {
    const ending: Ending = {
      status: 'ABORTED',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
    await this.#end(execution, ending, new HistoryRecorder(this.journal, execution.id, new Set()));
    this.#runs.get(execution.id)?.abort();
  }

  /** Takes no more; what is under way stays in the journal as it is, for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const run of this.#runs.values()) run.abort();
    await Promise.all(this.#underWay.values());
  }

  async #take(execution: ExecutionRow): Promise<void> {
    try {
      await this.#run(execution);
    } catch (error) {
      console.error(`execution ${execution.name} of ${execution.machine}`, error);
      if (!this.#closed) this.journal.suspend(execution.id, Date.now() + FAULT_PAUSE_MS);
    } finally {
      this.#runs.delete(execution.id);
      this.#underWay.delete(execution.id);
      this.wake();
    }
  }

  async #run(execution: ExecutionRow): Promise<void> {
    const { journal, invoke } = this;
    const { plan, machine } = await this.#readyOf(execution.definition);
    const history = new HistoryRecorder(journal, execution.id, plan.waits);
    const context = { Id: this.arnOf(execution), Name: execution.name };
    const run = new ExecutionRun({ execution, context, plan, machine, journal, history, invoke });
    this.#runs.set(execution.id, run);
    const result = await run.run();
    if (!this.#closed) await this.#settle(execution, result, history);
  }

  #settle(execution: ExecutionRow, result: RunResult, history: HistoryRecorder): Promise<void> {
    if ('ending' in result) return this.#end(execution, result.ending, history);
    return this.journal.soon(() => {
      history.write();
      this.journal.suspend(execution.id, result.until);
    });
  }

  /** Does nothing to an execution that has ended: by hand, while its last task was under way. */
  #end({ id }: ExecutionRow, ending: Ending, history: HistoryRecorder): Promise<void> {
    const now = Date.now();
    return this.journal.soon(() => {
      if (this.journal.end(id, ending, now)) history.end(ending, now);
    });
  }

  /** The library is loaded, with 30 MB, when the first execution needs it. */
  #readyOf(definition: string): Promise<Ready> {
    const known = this.#machines.get(definition);
    if (known !== undefined) return known;
    const ready = this.#prepare(definition);
    this.#machines.set(definition, ready);
    return ready;
  }

  async #prepare(hash: string): Promise<Ready> {
    const library = await import('aws-local-stepfunctions');
    const plan = planOf(parseDefinition(this.journal.definition(hash)));
    // It was validated when it was created.
    const machine = new library.StateMachine(plan.definition, { validationOptions: { noValidate: true } });
    return { plan, machine };
  }
}
