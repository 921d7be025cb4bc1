import { SFNClient } from '@aws-sdk/client-sfn';
import { clientConfig } from '@lethe/aws';
import { storeWorkflows } from '@lethe/contracts';
import type { CliConfig } from '../cli.config.js';
import { type AwsOptions, enterCloud } from '../messaging/aws.js';
import { CommandFailed, table } from '../output.js';
import { type Terminal, print } from '../terminal.js';
import { type State, definitionOf, workflowNamed } from './definition.js';
import { dotDiagram, edgesOf, mermaidDiagram } from './diagram.js';
import { type Counted, MOST_COUNTED, countExecutions, historyOf, newestExecutions } from './executions.js';

export interface ListOptions extends AwsOptions {
  readonly json?: true;
}
export interface ShowOptions extends ListOptions {
  readonly limit: number;
  readonly status?: Counted;
  readonly execution?: string;
}
export interface DiagramOptions {
  readonly format: 'mermaid' | 'dot';
}

/** Step Functions of the store that runs here, or of AWS. */
interface Cloud {
  readonly client: SFNClient;
  readonly arnOf: (name: string) => string;
}

async function withWorkflows<T>(
  config: CliConfig,
  options: AwsOptions,
  work: (cloud: Cloud) => Promise<T>,
): Promise<T> {
  const { region, accountId } = enterCloud(config, options);
  const client = new SFNClient(clientConfig({ region }));
  try {
    return await work({ client, arnOf: (name) => `arn:aws:states:${region}:${accountId}:stateMachine:${name}` });
  } finally {
    client.destroy();
  }
}

/** `lethe workflows list`: the state machines, and how many of their executions are in which state. */
export async function listWorkflowsCommand(config: CliConfig, options: ListOptions, terminal: Terminal): Promise<void> {
  const workflows = await withWorkflows(config, options, ({ client, arnOf }) =>
    Promise.all(
      storeWorkflows.map(async (workflow) => {
        const { Comment: comment, States } = await definitionOf(workflow);
        const executions = await countExecutions(client, arnOf(workflow.name));
        const { name } = workflow;
        return { name, comment, states: Object.keys(States).length, ...(executions ? { executions } : {}) };
      }),
    ),
  );
  print(terminal, options.json, { workflows }, () => {
    const rows = workflows.map(({ name, states, executions }) => [
      name,
      states,
      ...(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const).map((status) =>
        executions === undefined ? '-' : counted(executions[status]),
      ),
    ]);
    return `${table(['workflow', 'states', 'running', 'succeeded', 'failed', 'timed out', 'aborted'], rows)}\n`;
  });
  const missing = workflows.filter(({ executions }) => executions === undefined).map(({ name }) => name);
  if (missing.length > 0) throw new CommandFailed(`${missing.join(', ')}: no such state machine`);
}

const counted = (count: number): number | string => (count < MOST_COUNTED ? count : `${MOST_COUNTED} or more`);

/** `lethe workflows show`: the states of a workflow and its newest executions, or what happened in one of them. */
export async function showWorkflowCommand(
  { config, terminal, name }: { readonly config: CliConfig; readonly terminal: Terminal; readonly name: string },
  options: ShowOptions,
): Promise<void> {
  const workflow = workflowNamed(name);
  const { execution } = options;
  await withWorkflows(config, options, async ({ client, arnOf }) => {
    const arn = arnOf(workflow.name);
    if (execution !== undefined) {
      const events = await historyOf(client, `${arn.replace(':stateMachine:', ':execution:')}:${execution}`);
      print(terminal, options.json, { name: workflow.name, execution, events }, () => `${historyTable(events)}\n`);
      return;
    }
    const definition = await definitionOf(workflow);
    const executions = await newestExecutions(client, arn, { limit: options.limit, status: options.status });
    const shown = executions.map(({ name: id, status, startDate, stopDate }) => ({
      name: id,
      status,
      startDate,
      stopDate,
    }));
    const states = Object.entries(definition.States).map(([state, { Type }]) => ({ name: state, type: Type }));
    const document = { name: workflow.name, comment: definition.Comment, states, executions: shown };
    print(terminal, options.json, document, () => {
      const runs = shown.map(({ name: id = '', status = '', startDate, stopDate }) => [
        id,
        status,
        startDate?.toISOString() ?? '',
        stopDate?.toISOString() ?? '',
      ]);
      const parts = [
        definition.Comment,
        table(['state', 'type', 'does', 'tries', 'leads to'], stateRows(definition.States, edgesOf(definition))),
        table(['execution', 'status', 'started', 'ended'], runs),
      ];
      return `${parts.join('\n\n')}\n`;
    });
  });
}

function stateRows(states: Readonly<Record<string, State>>, edges: ReturnType<typeof edgesOf>): (string | number)[][] {
  return Object.entries(states).map(([name, { Type, Parameters, Retry }]) => {
    const step = Parameters?.Payload?.step;
    const tries = Retry.length === 0 ? '' : 1 + Math.max(...Retry.map(({ MaxAttempts }) => MaxAttempts));
    const next = [...new Set(edges.filter(({ from }) => from === name).map(({ to }) => to))];
    return [name, Type, step === undefined ? '' : `${Parameters?.FunctionName} ${step}`, tries, next.join(', ')];
  });
}

function historyTable(events: Awaited<ReturnType<typeof historyOf>>): string {
  const rows = events.map((event) => [
    event.id ?? 0,
    event.timestamp?.toISOString() ?? '',
    event.type ?? '',
    event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name ?? '',
    event.taskFailedEventDetails?.error ?? event.executionFailedEventDetails?.error ?? '',
  ]);
  return table(['event', 'at', 'what', 'state', 'error'], rows);
}

/** `lethe workflows diagram`: a workflow as text that Mermaid or Graphviz draws; asks nothing of any cloud. */
export async function diagramCommand(name: string, { format }: DiagramOptions, { out }: Terminal): Promise<void> {
  const definition = await definitionOf(workflowNamed(name));
  out.write(format === 'dot' ? dotDiagram(definition) : mermaidDiagram(definition));
}
