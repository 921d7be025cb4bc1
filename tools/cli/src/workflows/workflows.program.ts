import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import { diagramCommand, listWorkflowsCommand, showWorkflowCommand } from './workflows.command.js';

/** Executions that one looks at on a screen. */
const MOST_SHOWN = 1_000;

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > MOST_SHOWN)
    throw new InvalidArgumentError(`a whole number from 1 to ${MOST_SHOWN}`);
  return value;
}

const json = (): Option => new Option('--json', 'print one JSON document on stdout');
const aws = (): Option => new Option('--aws', 'AWS as the environment names it, not the store that runs here');

/** `lethe workflows …` */
export function addWorkflowCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const workflows = program.command('workflows').description('state machines, and how their executions go');
  workflows
    .command('list')
    .description('the workflows, and how many executions run, succeeded, failed, timed out or were aborted')
    .addOption(aws())
    .addOption(json())
    .action((options) => listWorkflowsCommand(config, options, terminal));
  workflows
    .command('show <name>')
    .description('the states of a workflow and its newest executions, or what happened in one')
    .option('--limit <n>', 'at most so many executions', limit, 10)
    .addOption(
      new Option('--status <status>', 'only executions in this state').choices([
        'RUNNING',
        'SUCCEEDED',
        'FAILED',
        'TIMED_OUT',
        'ABORTED',
      ]),
    )
    .option('--execution <id>', 'what happened in this one: the id of the order, or of the refund')
    .addOption(aws())
    .addOption(json())
    .action((name: string, options) => showWorkflowCommand({ config, terminal, name }, options));
  workflows
    .command('diagram <name>')
    .description('print a workflow as a diagram')
    .addOption(new Option('--format <format>', 'for which program').choices(['mermaid', 'dot']).default('mermaid'))
    .action((name: string, options) => diagramCommand(name, options, terminal));
}
