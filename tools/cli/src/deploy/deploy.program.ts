import { type Command, InvalidArgumentError } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import { type DeployOptions, planCommand } from './deploy.command.js';

const perDay = (text: string): number => {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('a number above 0');
  return value;
};

/** `lethe deploy` */
export function addDeployCommand(program: Command, config: CliConfig, terminal: Terminal): void {
  program
    .command('deploy')
    .description('explain a deployment to AWS: what it creates, allows and costs, and whether it can begin')
    .requiredOption('--plan', 'only explain; deploying is the pipeline’s')
    .option('--stage <name>', 'dev, staging or production', 'production')
    .option('--template-dir <dir>', 'a folder that cdk synth has written, instead of synthesizing apps/infra')
    .option('--orders-per-day <n>', 'for the cost', perDay, 1_000)
    .option('--visits-per-day <m>', 'for the cost; without it fifty for an order', perDay)
    .option('--no-check', 'ask AWS nothing: no preconditions')
    .option('--json', 'print one JSON document on stdout')
    .action((options: DeployOptions) => planCommand(config, options, terminal));
}
