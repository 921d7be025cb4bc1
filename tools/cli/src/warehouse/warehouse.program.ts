import { lakeBucket } from '@lethe/contracts';
import { type Command, Option } from 'commander';
import type { CliConfig } from '../cli.config.js';
import type { Terminal } from '../terminal.js';
import { buildWarehouseCommand, exportWarehouseCommand, queryWarehouseCommand } from './warehouse.command.js';

const json = (): Option => new Option('--json', 'print one JSON document on stdout');
const aws = (): Option => new Option('--aws', 'AWS as the environment names it, not the store that runs here');
const bucket = (): Option => new Option('--bucket <name>', 'bucket of the lake').default(lakeBucket);
const on = (config: CliConfig): Option =>
  new Option('--on <warehouse>', 'which warehouse').choices(['duckdb', 'redshift']).default(config.warehouse);

/** `lethe warehouse …` */
export function addWarehouseCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const warehouse = program.command('warehouse').description('tables for analysts, built from the lake alone');
  warehouse
    .command('build')
    .description('make every table anew from the files of the lake that count')
    .addOption(on(config))
    .addOption(bucket())
    .addOption(aws())
    .addOption(json())
    .action((options) => buildWarehouseCommand(config, options, terminal));
  warehouse
    .command('query <sql>')
    .description('ask what was built')
    .addOption(on(config))
    .addOption(bucket())
    .addOption(aws())
    .addOption(json())
    .action((sql: string, options) => queryWarehouseCommand({ config, sql }, options, terminal));
  warehouse
    .command('export')
    .description('print the build as one script')
    .addOption(new Option('--dialect <dialect>', 'for whom').choices(['redshift', 'spark']).default('redshift'))
    .option('--driver', 'print the program that runs the script of Spark on EMR Serverless')
    .addOption(bucket())
    .action((options) => exportWarehouseCommand(config, options, terminal));
}
