import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import { duration } from './duration.js';
import { peekCommand, purgeCommand, redriveCommand } from './queue-messages.command.js';
import { listQueuesCommand } from './queues.command.js';
import { applyCommand, diffCommand } from './topology-live.command.js';
import { asyncApiCommand, mermaidCommand, topologyCommand } from './topology.command.js';

/** As many as a walk through a queue can hold. */
const MOST = 100_000;

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > MOST)
    throw new InvalidArgumentError(`a whole number from 1 to ${MOST}`);
  return value;
}

const json = (): Option => new Option('--json', 'print one JSON document on stdout');
const aws = (): Option => new Option('--aws', 'AWS as the environment names it, not the store that runs here');
const only = (command: Command): Command =>
  command
    .option('--type <type>', 'of this CloudEvents type; a * at the end stands for anything')
    .option('--reason <reason>', 'dead-lettered for this: invalid-data, unknown-type, rejected, receives-exhausted …')
    .option('--id <id>', 'with this CloudEvents id')
    .option('--older-than <time>', 'sent to the queue so long ago: 90s, 15m, 6h, 2d', duration);

/** `lethe queues …` */
export function addQueueCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const queues = program.command('queues').description('messages that wait, and those that nobody could handle');
  only(queues.command('list'))
    .description('messages waiting, in flight and dead-lettered; with a filter, the dead letters that it fits')
    .addOption(aws())
    .addOption(json())
    .action((options) => listQueuesCommand(config, options, terminal));
  only(queues.command('peek <queue>'))
    .description('show dead letters of a queue, and give them back')
    .option('--limit <n>', 'at most so many', limit, 10)
    .option('--waiting', 'what waits in the queue itself: each receive brings it nearer to the dead letters')
    .addOption(aws())
    .addOption(json())
    .action((queue: string, options) => peekCommand({ config, terminal, queue }, options));
  only(queues.command('redrive <queue>'))
    .description('send dead letters back to their queue, ids and order kept; run again, it goes on')
    .option('--limit <n>', 'at most so many', limit)
    .option('--to <queue>', 'to another queue')
    .option('--dry-run', 'only tell what would be sent')
    .addOption(aws())
    .addOption(json())
    .action((queue: string, options) => redriveCommand({ config, terminal, queue }, options));
  only(queues.command('purge <queue>'))
    .description('delete dead letters of a queue for good')
    .option('--limit <n>', 'at most so many', limit)
    .option('--waiting', 'what waits in the queue itself, not its dead letters')
    .option('--dry-run', 'only tell what would be dropped')
    .option('--yes', 'drop them: without this, they are counted and stay')
    .addOption(aws())
    .addOption(json())
    .action((queue: string, options) => purgeCommand({ config, terminal, queue }, options));
}

/** `lethe topology …` */
export function addTopologyCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const topology = program.command('topology').description('what the services say to each other');
  topology
    .command('list')
    .description('topics, queues, subscriptions and streams, as declared')
    .addOption(json())
    .action((options) => topologyCommand(options, terminal));
  topology
    .command('diff')
    .description('the declared against the live; fails where they differ')
    .addOption(aws())
    .addOption(json())
    .action((options) => diffCommand(config, options, terminal));
  topology
    .command('apply')
    .description('make the live as declared; what is not declared is left alone')
    .addOption(aws())
    .addOption(json())
    .action((options) => applyCommand(config, options, terminal));
  topology
    .command('asyncapi')
    .description('print an AsyncAPI 3.0 document')
    .action(() => asyncApiCommand(terminal));
  topology
    .command('mermaid')
    .description('print a Mermaid flow chart')
    .action(() => mermaidCommand(terminal));
}
