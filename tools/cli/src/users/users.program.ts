import { type Command, Option } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import { exportUsersCommand, importUsersCommand } from './users.command.js';

const shared = (command: Command): Command =>
  command
    .addOption(
      new Option('--of <whose>', "auth's own users, or those of its user pool")
        .choices(['own', 'cognito'])
        .default('own'),
    )
    .addOption(new Option('--env', 'the store as the environment names it, not the one that runs here'))
    .addOption(new Option('--json', 'print one JSON document on stdout'));

/** `lethe users …` */
export function addUserCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const users = program.command('users').description('move users out and in');
  shared(users.command('export <file>'))
    .description('write every user to a new file of NDJSON, with password hashes where there are any')
    .action((file: string, options) => exportUsersCommand(config, file, options, terminal));
  shared(users.command('import <file>'))
    .description('read users from such a file; who is there already stays; run again, it goes on')
    .option('--dry-run', 'only tell what would be done')
    .action((file: string, options) => importUsersCommand(config, file, options, terminal));
}
