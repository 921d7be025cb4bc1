import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliConfig } from '../cli.config.js';
import { duration } from '../messaging/duration.js';
import type { Terminal } from '../terminal.js';
import { redriveStreamCommand } from './redrive.command.js';
import {
  type StreamsContext,
  lagCommand,
  leasesCommand,
  listStreamsCommand,
  replayCommand,
  reshardCommand,
} from './streams.command.js';

/** Shards of one UpdateShardCount, at most: more than any account has by default. */
const MOST_SHARDS = 10_000;

/** Letters that one redrive can hold. */
const MOST_LETTERS = 100_000;

const numberUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(`a whole number from 1 to ${most}`);
    return value;
  };

/** An instant such as `2026-11-23T08:00:00Z`. */
function instant(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('a day, or a time such as 2026-11-23T08:00:00Z');
  return at;
}

const json = (): Option => new Option('--json', 'print one JSON document on stdout');
const aws = (): Option => new Option('--aws', 'AWS as the environment names it, not the store that runs here');
const of = (): Option => new Option('--application <name>', 'only of this one');

/** `lethe streams …` */
export function addStreamCommands(program: Command, config: CliConfig, terminal: Terminal): void {
  const streams = program.command('streams').description('streams, who reads them, and how far they are');
  const context = (stream: string): StreamsContext => ({ config, terminal, stream });
  streams
    .command('list')
    .description('the streams, their shards, and how long they keep records')
    .addOption(aws())
    .addOption(json())
    .action((options) => listStreamsCommand(config, options, terminal));
  streams
    .command('leases <stream>')
    .description('who reads which shard, and how far they are')
    .addOption(of())
    .addOption(aws())
    .addOption(json())
    .action((stream: string, options) => leasesCommand(context(stream), options));
  streams
    .command('lag <stream>')
    .description('how far applications are behind, in records and time; takes part of the reads of each shard')
    .addOption(of())
    .addOption(aws())
    .addOption(json())
    .action((stream: string, options) => lagCommand(context(stream), options));
  streams
    .command('reshard <stream>')
    .description('change the shards, and wait until it is done; readers go on meanwhile')
    .option('--shards <n>', 'so many of equal hash ranges', numberUpTo(MOST_SHARDS))
    .option('--split <shard>', 'this one in its middle')
    .option('--merge <shards...>', 'these two, which are neighbours')
    .addOption(aws())
    .addOption(json())
    .action((stream: string, options) => reshardCommand(context(stream), options));
  streams
    .command('replay <stream>')
    .description('have an application read again from a time on; its workers let go of their shards before')
    .requiredOption('--application <name>', 'whose')
    .requiredOption('--from <time>', 'first record that arrived then or later', instant)
    .option('--yes', 'do it: without this, it only tells')
    .option('--wait <time>', 'for workers to obey', duration, 30_000)
    .addOption(aws())
    .addOption(json())
    .action((stream: string, options) => replayCommand(context(stream), options));
  addRedriveCommand(streams, context);
}

function addRedriveCommand(streams: Command, context: (stream: string) => StreamsContext): void {
  streams
    .command('redrive <stream>')
    .description('put records that an application has parked back into the stream, in order per key')
    .requiredOption('--application <name>', 'whose')
    .option('--queue <queue>', 'where they are; by default the dead letters of the service of that name')
    .option('--limit <n>', 'at most so many, the oldest', numberUpTo(MOST_LETTERS))
    .option('--dry-run', 'only tell how many there are')
    .addOption(aws())
    .addOption(json())
    .action((stream: string, options) => redriveStreamCommand(context(stream), options));
}
