import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from '../terminal.js';
import { type CostOptions, type GateOptions, costCommand, gateCommand } from './cost.command.js';

const share = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('a share such as 0.05');
  return value;
};

const perDay = (text: string): number => {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('a number above 0');
  return value;
};

/** `lethe cost` */
export function addCostCommand(program: Command, terminal: Terminal): void {
  program
    .command('cost')
    .description('what the store costs in AWS at a demand, other ways side by side, and where limits are')
    .addOption(new Option('--orders-per-day <n>', 'orders placed in a day').argParser(perDay).default(1_000))
    .option('--visits-per-day <m>', 'visits in a day; without it fifty for an order', perDay)
    .option('--profile <file>', 'what an order and a visit take, instead of the committed measurement')
    .option('--prices <file>', 'other prices than the committed list')
    .option('--stage <name>', 'whose sizes: dev, staging or production', 'production')
    .option('--free-tier', 'count what is free for ever')
    .addOption(new Option('--json', 'print one JSON document on stdout').conflicts('html'))
    .option('--html', 'print one page of HTML on stdout')
    .option('--gate <baseline>', 'only compare with a baseline; exit code 1 where an order costs too much')
    .addOption(new Option('--max-rise <share>', 'how much more it may cost').argParser(share).default(0.05))
    .action((options: CostOptions & Partial<GateOptions>) => {
      const { gate, maxRise = 0 } = options;
      if (gate === undefined) costCommand(options, terminal);
      else gateCommand({ ...options, gate, maxRise }, terminal);
    });
}
