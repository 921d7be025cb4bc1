import type { AwsClients } from '@lethe/aws';
import { leasesTable, store } from '@lethe/contracts';
import {
  type ApplicationLease,
  type ReplayProgress,
  type ReshardPlan,
  describeStream,
  lagOf,
  leasesOf,
  replayed,
  requestReplay,
  reshard,
} from '@lethe/streaming/operations';
import { resourcesOf } from '@lethe/topology';
import type { CliConfig } from '../cli.config.js';
import { type AwsOptions, withAws } from '../messaging/aws.js';
import { age } from '../messaging/duration.js';
import { CommandFailed, table } from '../output.js';
import { Counter } from '../progress.js';
import { type Terminal, interruptible, print } from '../terminal.js';

export interface StreamsOptions extends AwsOptions {
  readonly json?: true;
}
export interface LeasesOptions extends StreamsOptions {
  readonly application?: string;
}
export interface ReshardOptions extends StreamsOptions {
  readonly shards?: number;
  readonly split?: string;
  readonly merge?: [string, string];
}
export interface ReplayOptions extends StreamsOptions {
  readonly application: string;
  readonly from: Date;
  readonly yes?: true;
  /** Milliseconds. */
  readonly wait: number;
}

interface ReplayReport extends ReplayProgress {
  /** What becomes of effects, for the one who asked. */
  readonly consequence: string;
}

/** Where a command runs, and which stream it is about. */
export interface StreamsContext {
  readonly config: CliConfig;
  readonly terminal: Terminal;
  readonly stream: string;
}

/** `lethe streams list`: the declared streams, as they stand. */
export async function listStreamsCommand(
  config: CliConfig,
  options: StreamsOptions,
  terminal: Terminal,
): Promise<void> {
  const names = resourcesOf(store).streams.map(({ name }) => name);
  const found = await withAws(config, options, ({ kinesis }) =>
    Promise.all(names.map((name) => describeStream(kinesis, name))),
  );
  const streams = found.filter((status) => status !== undefined);
  const missing = names.filter((_, at) => found[at] === undefined);
  print(terminal, options.json, { streams, missing }, () => {
    const rows = streams.map(({ name, status, openShards, shards, retentionHours, consumers }) => [
      name,
      status,
      openShards,
      shards - openShards,
      `${retentionHours} h`,
      consumers,
    ]);
    return `${table(['stream', 'status', 'open shards', 'closed', 'kept for', 'fan-out'], rows)}\n`;
  });
  if (missing.length > 0)
    throw new CommandFailed(`${missing.join(', ')}: no such stream; lethe topology apply makes it`);
}

/** `lethe streams leases`: who reads which shard, and how far they are. */
export async function leasesCommand(context: StreamsContext, options: LeasesOptions): Promise<void> {
  const leases = await withAws(context.config, options, (clients) => leasesOn(clients, context.stream, options));
  print(context.terminal, options.json, { stream: nameOf(context.stream), leases }, () => {
    const rows = leases.map(({ application, shardId, owner, counter, checkpoint, handoffTo, load, replayFrom }) => [
      application,
      shardId,
      owner ?? '-',
      counter,
      checkpoint,
      load ? `${load.recordsPerSecond.toFixed(1)}/s` : '-',
      replayFrom === undefined ? (handoffTo ?? '-') : `replay from ${new Date(replayFrom).toISOString()}`,
    ]);
    return `${table(['application', 'shard', 'owner', 'counter', 'checkpoint', 'records', 'asked for'], rows)}\n`;
  });
}

/** `lethe streams lag`: how far each application is behind, counted from its checkpoints. */
export async function lagCommand(context: StreamsContext, options: LeasesOptions): Promise<void> {
  const shards = await withAws(context.config, options, async (clients) => {
    const leases = await leasesOn(clients, context.stream, options);
    return Promise.all(
      leases
        .filter(({ checkpoint }) => checkpoint !== 'SHARD_END')
        .map(async (lease) => {
          const { application, shardId, owner } = lease;
          return { application, shardId, owner, ...(await lagOf(clients.kinesis, lease)) };
        }),
    );
  });
  print(context.terminal, options.json, { stream: nameOf(context.stream), shards }, () => {
    const rows = shards.map(({ application, shardId, owner, records, exact, millisBehind }) => [
      application,
      shardId,
      owner ?? '-',
      exact ? `${records}` : `over ${records}`,
      records === 0 ? '-' : age(millisBehind),
    ]);
    return `${table(['application', 'shard', 'owner', 'records behind', 'for'], rows)}\n`;
  });
}

/** `lethe streams reshard`: splits, merges, or sets the number of shards, and waits for it. */
export async function reshardCommand(context: StreamsContext, options: ReshardOptions): Promise<void> {
  const stream = nameOf(context.stream);
  const counter = new Counter(options.json === true ? undefined : context.terminal.err);
  const status = await withAws(context.config, options, ({ kinesis }) =>
    interruptible((signal) =>
      reshard(
        kinesis,
        stream,
        planOf(options),
        (now) => counter.update(`${stream} ${now.status}, ${now.openShards} open shards`),
        signal,
      ),
    ),
  );
  counter.end();
  print(
    context.terminal,
    options.json,
    status,
    () => `${stream} is ${status.status} with ${status.openShards} open shards\n`,
  );
  if (status.status !== 'ACTIVE') throw new CommandFailed('it goes on without this command: see lethe streams list');
}

/** `lethe streams replay`: has an application read its stream again from a time on. */
export async function replayCommand(context: StreamsContext, options: ReplayOptions): Promise<void> {
  const { application, from } = options;
  const stream = nameOf(context.stream);
  if (from.getTime() > Date.now()) throw new CommandFailed('--from lies in the future');
  const progress = await withAws(context.config, options, async (clients): Promise<ReplayReport> => {
    const target = { dynamodb: clients.dynamodb, table: leasesTable.name, application, stream };
    const known = await leasesOf(target, stream, application);
    if (known.length === 0) throw new CommandFailed(`${application} has no leases of ${stream}`);
    if (options.yes !== true) {
      throw new CommandFailed(
        `${known.length} shards would be read again from ${from.toISOString()} on. ${consequence(known)}: say --yes`,
      );
    }
    await requestReplay(target, from);
    const waited = await interruptible((signal) =>
      replayed(target, AbortSignal.any([signal, AbortSignal.timeout(options.wait)])),
    );
    return { ...waited, consequence: consequence(known) };
  });
  print(context.terminal, options.json, { stream, application, from: from.toISOString(), ...progress }, () => {
    const gone = progress.shards - progress.waiting.length;
    const rest = progress.waiting.length > 0 ? '; the others do once a worker reads them' : '';
    return `${gone} shards of ${progress.shards} go on at ${from.toISOString()}${rest}\n${progress.consequence}\n`;
  });
}

/** What a replay does to effects, which depends on where the checkpoints are. */
function consequence(leases: readonly ApplicationLease[]): string {
  const places = [...new Set(leases.map(({ checkpointsIn }) => checkpointsIn).filter((place) => place !== undefined))];
  return places.length === 0
    ? 'Each effect happens again, at least once, that is not idempotent'
    : `Checkpoints are with the effects in ${places.join(', ')} and go back with the leases: each effect happens exactly once more that is not idempotent. What the effects have left there stays: delete first what must not be there twice`;
}

function planOf({ shards, split, merge }: ReshardOptions): ReshardPlan {
  const plans = [shards, split, merge].filter((plan) => plan !== undefined);
  if (plans.length !== 1) throw new CommandFailed('one of --shards, --split and --merge');
  if (shards !== undefined) return { shards };
  if (split !== undefined) return { split };
  if (merge?.[1] === undefined) throw new CommandFailed('--merge wants two shards');
  return { merge };
}

async function leasesOn(clients: AwsClients, stream: string, options: LeasesOptions): Promise<ApplicationLease[]> {
  const { dynamodb } = clients;
  return leasesOf({ dynamodb, table: leasesTable.name }, nameOf(stream), options.application);
}

/** The stream that is meant: by its name in AWS, or the one it was declared with. */
export function nameOf(name: string): string {
  return resourcesOf(store).streams.find((stream) => stream.name.endsWith(`-${name}`))?.name ?? name;
}
