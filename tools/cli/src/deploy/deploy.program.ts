import { type Command, InvalidArgumentError } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import type { DeployOptions } from './deploy.command.js';

const perDay = (text: string): number => {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('a number above 0');
  return value;
};

/** `lethe deploy` */
export function addDeployCommand(program: Command, config: CliConfig, terminal: Terminal): void {
  program
    .command('deploy')
    .description(
      'the store in an account of AWS, with nothing there before; run again, it goes on, or brings what is new',
    )
    .option('--plan', 'only explain: what it creates, allows and costs, and whether it can begin')
    .option('--dry-run', 'only print the steps, their commands and what is put where; needs no account')
    .option('--stage <name>', 'dev, staging or production', 'production')
    .option('--account <id>', 'of 12 digits, that of the credentials')
    .option('--domain <name>', 'where customers reach the store')
    .option('--hosted-zone-id <id>', 'of the public zone of Route 53 that the domain is in')
    .option('--hosted-zone-name <name>', 'of the same zone')
    .option('--region <name>', 'without it that of the stage')
    .option('--operators <mail>', 'where alarms go')
    .option(
      '--template-dir <dir>',
      'with --plan: a folder that cdk synth has written, instead of synthesizing apps/infra',
    )
    .option('--orders-per-day <n>', 'with --plan: for the cost', perDay, 1_000)
    .option('--visits-per-day <m>', 'with --plan: for the cost; without it fifty for an order', perDay)
    .option('--no-check', 'with --plan: ask AWS nothing, no preconditions')
    .option('--json', 'print one JSON document on stdout')
    .action(async (options: DeployOptions) => {
      const { deployCommand, planCommand } = await import('./deploy.command.js');
      await (options.plan === true ? planCommand : deployCommand)(config, options, terminal);
    });
}
