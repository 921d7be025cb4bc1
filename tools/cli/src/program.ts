import { FAULT_KINDS } from '@lethe/chaos';
import { Command, InvalidArgumentError, Option } from 'commander';
import { chaosCommand } from './chaos.command.js';
import type { CliConfig } from './cli.config.js';
import { addCostCommand } from './cost/cost.program.js';
import { addDatabaseCommands } from './database/database.program.js';
import { addDeployCommand } from './deploy/deploy.program.js';
import { importCatalogCommand } from './import-catalog.command.js';
import { addQueueCommands, addTopologyCommands } from './messaging/messaging.program.js';
import { beginOf, endOf, reconcileCommand } from './reconcile.command.js';
import { replayOrdersCommand } from './retail/replay.command.js';
import { addStreamCommands } from './streams/streams.program.js';
import { type Terminal, processTerminal } from './terminal.js';
import { upCommand } from './up.command.js';
import { addUserCommands } from './users/users.program.js';
import { addWarehouseCommands } from './warehouse/warehouse.program.js';
import { addWorkflowCommands } from './workflows/workflows.program.js';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`a whole number of at least ${least}`);
    return value;
  };
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('a day as YYYY-MM-DD');
  return text;
}

/** The `lethe` command with all that it can do. */
export function buildProgram(config: CliConfig, terminal: Terminal = processTerminal): Command {
  const program = new Command('lethe')
    .description('Runs the store, feeds it, watches it, and breaks it on purpose.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
    })
    .showHelpAfterError();

  program
    .command('up')
    .description('start backing services, migrations, replicas and the load balancer, until Ctrl-C')
    .option('--replicas <n>', 'replicas of each service', wholeNumber(1), 2)
    .option('--fresh', 'forget all that an earlier start kept')
    .option('--no-seed', 'leave an empty catalogue empty')
    .addOption(
      new Option('--identity <provider>', 'who issues tokens: auth itself, or an embedded user pool')
        .choices(['own', 'cognito'])
        .default('own'),
    )
    .action((options) => upCommand(config, options));

  addDataCommands(program, config);
  addReconcileCommand(program, config, terminal);
  addChaosCommand(program);
  addTopologyCommands(program, config, terminal);
  addQueueCommands(program, config, terminal);
  addStreamCommands(program, config, terminal);
  addUserCommands(program, config, terminal);
  addWarehouseCommands(program, config, terminal);
  addWorkflowCommands(program, config, terminal);
  addCostCommand(program, terminal);
  addDatabaseCommands(program, config, terminal);
  addDeployCommand(program, config, terminal);
  return program;
}

const json = (): Option => new Option('--json', 'print one JSON document on stdout');

/** Commands that move data in. */
function addDataCommands(program: Command, config: CliConfig): void {
  program
    .command('import')
    .description('move data in')
    .command('catalog <file>')
    .description('import products from a CSV file (.csv or .csv.gz)')
    .addOption(
      new Option('--format <format>', 'layout of the file').choices(['shopify', 'online-retail']).makeOptionMandatory(),
    )
    .addOption(json())
    .action((file, options) => importCatalogCommand(config, file, options));

  program
    .command('replay')
    .description('place a shop’s past orders')
    .command('orders <file>')
    .description('place one backdated order per invoice of the Online Retail file')
    .requiredOption('--from <day>', 'first day', day)
    .requiredOption('--to <day>', 'last day, itself included', day)
    .option(
      '--returns',
      'then take back what the cancellations undo, and hold the books of a fresh store against each other',
    )
    .addOption(json())
    .action((file, options) => replayOrdersCommand(config, file, options));
}

/** The command for the books. */
function addReconcileCommand(program: Command, config: CliConfig, terminal: Terminal): void {
  program
    .command('reconcile')
    .description(
      'compare orders, payments and refunds with what the payment provider has; exit code 1 where they differ',
    )
    .requiredOption('--from <day>', 'first day, or a time', beginOf)
    .requiredOption('--to <day>', 'last day, itself included, or a time', endOf)
    .addOption(json())
    .action((options) => reconcileCommand(config, options, terminal));
}

/** The command that breaks the store. */
function addChaosCommand(program: Command): void {
  program
    .command('chaos')
    .description('buy from a store of its own while parts of it fail, then check every invariant')
    .option('--orders <n>', 'orders to place', wholeNumber(1), 500)
    .option('--kills <n>', 'replicas to kill; the same as --count where faults are of other kinds', wholeNumber(0))
    .option('--count <n>', 'faults to inflict', wholeNumber(0), 20)
    .option('--faults <list>', `of ${FAULT_KINDS.join(', ')}; of one target as in pause:orders; or all`, 'kill')
    .option('--history <file>', 'write what the clients did and saw, a JSON object a line')
    .option('--replicas <n>', 'replicas of each service', wholeNumber(1), 3)
    .option('--seed <n>', 'seed of the choices, to repeat them', wholeNumber(0))
    .addOption(json())
    .action((options) => chaosCommand(options));
}
