import { storeServices } from '@lethe/contracts';
import type { Command } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import type { PrepareOptions } from './database.command.js';

/** `lethe database …` */
export function addDatabaseCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const everyone = storeServices.map(({ name }) => name);
  program
    .command('database')
    .description('a database and a user for each service')
    .command('prepare [services...]')
    .description('make what is missing and bring the rest in line; it may run again, and elsewhere at the same time')
    .option('--cluster-arn <arn>', 'a cluster of Aurora, by its Data API; users sign in by tokens of IAM')
    .option('--secret-arn <arn>', 'with it: the secret of the administrator')
    .option('--json', 'print one JSON document on stdout')
    .action(async (services: readonly string[], options: PrepareOptions) => {
      // The driver and what maps with it take longer to load than most commands to run.
      const { prepareDatabases } = await import('./database.command.js');
      await prepareDatabases({ config, services: services.length === 0 ? everyone : services }, options, terminal);
    });
}
