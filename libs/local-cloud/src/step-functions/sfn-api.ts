import { createHash, randomUUID } from 'node:crypto';
import { type StateMachine } from 'aws-local-stepfunctions';
import { parseDefinition } from './definition.js';
import { type ExecutionRow, type Journal, type MachineRow } from './journal.js';
import { type Runner } from './runner.js';
import { type HistoryEvent } from './history.js';
import { SfnError } from './step-functions.errors.js';

/** A request's members, not checked yet. */
export type Body = Readonly<Record<string, unknown>>;
/** An operation of the API: its answer as it goes over the wire, times in seconds. */
export type Operation = (body: Body) => object | Promise<object>;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const MAX_INPUT = 262_144;
const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;
const NAME = /^[\w-]{1,80}$/;
const ARN = /^arn:aws:states:[\w-]+:\d{12}:(?:stateMachine|execution):([\w-]{1,80})(?::([\w-]{1,80}))?$/;

const seconds = (ms: number): number => ms / 1_000;

/** The operations of Step Functions that the store and its tools use, over the journal and its runner. */
export class SfnApi {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateStateMachine: (body) => this.#createMachine(body),
    UpdateStateMachine: (body) => this.#updateMachine(body),
    DescribeStateMachine: (body) => this.#describeMachine(body),
    ListStateMachines: (body) => this.#listMachines(body),
    DeleteStateMachine: (body) => this.#deleteMachine(body),
    StartExecution: (body) => this.#startExecution(body),
    DescribeExecution: (body) => this.#describeExecution(body),
    ListExecutions: (body) => this.#listExecutions(body),
    StopExecution: (body) => this.#stopExecution(body),
    GetExecutionHistory: (body) => this.#history(body),
  };

  constructor(
    private readonly journal: Journal,
    private readonly runner: Pick<Runner, 'wake' | 'stop'>,
    /** Region and account, as they stand in an ARN. */
    private readonly place: string,
  ) {}

  async #createMachine(body: Body): Promise<object> {
    const name = text(body, 'name');
    if (!NAME.test(name)) throw new SfnError('InvalidName', name);
    if (body['type'] === 'EXPRESS') throw new SfnError('StateMachineTypeNotSupported', 'EXPRESS');
    const definition = text(body, 'definition');
    const revision = revisionOf(definition);
    const known = this.journal.machine(name);
    if (known !== undefined && known.revision !== revision) {
      throw new SfnError('StateMachineAlreadyExists', `'${this.#machineArn(name)}'`);
    }
    if (known === undefined) {
      await validate(definition);
      const role = text(body, 'roleArn');
      this.journal.saveMachine({ name, role, created_at: Date.now(), revision }, definition);
    }
    const at = this.journal.machine(name)?.created_at ?? Date.now();
    return { stateMachineArn: this.#machineArn(name), creationDate: seconds(at) };
  }

  async #updateMachine(body: Body): Promise<object> {
    const machine = this.#machineOf(body);
    const { definition } = body;
    if (typeof definition !== 'string') return { updateDate: seconds(Date.now()), revisionId: machine.revision };
    const revision = revisionOf(definition);
    if (revision !== machine.revision) await validate(definition);
    this.journal.saveMachine({ ...machine, revision }, definition);
    return { updateDate: seconds(Date.now()), revisionId: revision };
  }

  #describeMachine(body: Body): object {
    const { name, role, created_at, revision } = this.#machineOf(body);
    return {
      stateMachineArn: this.#machineArn(name),
      name,
      status: 'ACTIVE',
      definition: this.journal.definition(revision),
      roleArn: role,
      type: 'STANDARD',
      creationDate: seconds(created_at),
      revisionId: revision,
    };
  }

  #listMachines(body: Body): object {
    const { from, limit } = pageOf(body);
    const all = this.journal.machines();
    const stateMachines = all.slice(from, from + limit).map(({ name, created_at }) => ({
      stateMachineArn: this.#machineArn(name),
      name,
      type: 'STANDARD',
      creationDate: seconds(created_at),
    }));
    return { stateMachines, ...next(all.length > from + limit, from + limit) };
  }

  #deleteMachine(body: Body): object {
    this.journal.removeMachine(partsOf(text(body, 'stateMachineArn')).machine);
    return {};
  }

  #startExecution(body: Body): object {
    const machine = this.#machineOf(body);
    const name = typeof body['name'] === 'string' ? body['name'] : randomUUID();
    if (!NAME.test(name)) throw new SfnError('InvalidName', name);
    const input = inputOf(body);
    const known = this.journal.execution(machine.name, name);
    // The same again, while it runs, is the same execution; anything else is none.
    if (known !== undefined && (known.status !== 'RUNNING' || known.input !== input)) {
      throw new SfnError('ExecutionAlreadyExists', `Execution Already Exists: '${this.executionArn(known)}'`);
    }
    const startedAt = known?.started_at ?? Date.now();
    if (known === undefined) {
      this.journal.addExecution(machine.name, name, machine.revision, input, startedAt);
      this.runner.wake();
    }
    return { executionArn: this.executionArn({ machine: machine.name, name }), startDate: seconds(startedAt) };
  }

  #describeExecution(body: Body): object {
    const execution = this.#executionOf(body);
    const { input, output, error, cause } = execution;
    return {
      ...this.#summaryOf(execution),
      input,
      inputDetails: { included: true },
      ...(output === null ? {} : { output, outputDetails: { included: true } }),
      ...(error === null ? {} : { error }),
      ...(cause === null ? {} : { cause }),
    };
  }

  #listExecutions(body: Body): object {
    const { name } = this.#machineOf(body);
    const { from: before, limit } = pageOf(body, Number.MAX_SAFE_INTEGER);
    const status = typeof body['statusFilter'] === 'string' ? body['statusFilter'] : undefined;
    const rows = this.journal.executions(name, status, before, limit + 1);
    const executions = rows.slice(0, limit);
    const last = executions.at(-1)?.id ?? 0;
    return { executions: executions.map((row) => this.#summaryOf(row)), ...next(rows.length > limit, last) };
  }

  async #stopExecution(body: Body): Promise<object> {
    const execution = this.#executionOf(body);
    const optional = (member: string) => (typeof body[member] === 'string' ? body[member] : undefined);
    await this.runner.stop(execution, optional('error'), optional('cause'));
    const { stopped_at } = this.#executionOf(body);
    return { stopDate: seconds(stopped_at ?? Date.now()) };
  }

  #history(body: Body): object {
    const { id } = this.#executionOf(body);
    const { from, limit } = pageOf(body);
    const all = this.journal.events(id).map((text, at) => {
      const event = JSON.parse(text) as HistoryEvent;
      return { ...event, id: at + 1, previousEventId: at };
    });
    const events = body['reverseOrder'] === true ? all.toReversed() : all;
    return { events: events.slice(from, from + limit), ...next(events.length > from + limit, from + limit) };
  }

  /** The ARN of an execution. */
  executionArn({ machine, name }: Pick<ExecutionRow, 'machine' | 'name'>): string {
    return `arn:aws:states:${this.place}:execution:${machine}:${name}`;
  }

  #machineArn(name: string): string {
    return `arn:aws:states:${this.place}:stateMachine:${name}`;
  }

  #summaryOf(execution: ExecutionRow): object {
    const { machine, name, status, started_at, stopped_at } = execution;
    return {
      executionArn: this.executionArn(execution),
      stateMachineArn: this.#machineArn(machine),
      name,
      status,
      startDate: seconds(started_at),
      ...(stopped_at === null ? {} : { stopDate: seconds(stopped_at) }),
    };
  }

  #machineOf(body: Body): MachineRow {
    const arn = text(body, 'stateMachineArn');
    const machine = this.journal.machine(partsOf(arn).machine);
    if (machine === undefined) throw new SfnError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  #executionOf(body: Body): ExecutionRow {
    const arn = text(body, 'executionArn');
    const { machine, name = '' } = partsOf(arn);
    const execution = this.journal.execution(machine, name);
    if (execution === undefined) throw new SfnError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }
}

/** Throws an {@link SfnError} for a definition that AWS would refuse, and for one that this runner cannot run. */
async function validate(text: string): Promise<StateMachine> {
  const definition = parseDefinition(text);
  const library = await import('aws-local-stepfunctions');
  try {
    return new library.StateMachine(definition);
  } catch (error) {
    throw new SfnError('InvalidDefinition', error instanceof Error ? error.message : String(error));
  }
}

const revisionOf = (definition: string): string => createHash('sha256').update(definition).digest('hex').slice(0, 32);

function text(body: Body, member: string): string {
  const value = body[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new SfnError('ValidationException', `${member} must be a string`);
}

function partsOf(arn: string): { readonly machine: string; readonly name: string | undefined } {
  const [, machine, name] = ARN.exec(arn) ?? [];
  if (machine === undefined) throw new SfnError('InvalidArn', `Invalid Arn: '${arn}'`);
  return { machine, name };
}

function inputOf(body: Body): string {
  const input = typeof body['input'] === 'string' ? body['input'] : '{}';
  if (Buffer.byteLength(input) > MAX_INPUT) throw new SfnError('InvalidExecutionInput', `more than ${MAX_INPUT} bytes`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw new SfnError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${String(error)}`);
  }
  return input;
}

/** Tokens are numbers: of the first to come, or below which to go on. */
function pageOf(body: Body, first = 0): { readonly from: number; readonly limit: number } {
  const { maxResults, nextToken } = body;
  const limit = typeof maxResults === 'number' && maxResults > 0 ? Math.min(maxResults, MAX_PAGE) : DEFAULT_PAGE;
  if (typeof nextToken !== 'string') return { from: first, limit };
  const from = Number(nextToken);
  if (!Number.isSafeInteger(from)) throw new SfnError('InvalidToken', `Invalid Token: '${nextToken}'`);
  return { from, limit };
}

const next = (more: boolean, token: number): object => (more ? { nextToken: String(token) } : {});
