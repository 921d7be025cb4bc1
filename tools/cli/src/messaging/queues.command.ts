import type { AwsClients } from '@lethe/aws';
import { store } from '@lethe/contracts';
import { DestinationError } from '@lethe/messaging';
import { type Selection, type Tally, openDeadLetters, survey } from '@lethe/messaging/operations';
import { resourcesOf } from '@lethe/topology';
import { type AwsOptions, withAws } from './aws.js';
import type { CliConfig } from '../cli.config.js';
import { age } from './duration.js';
import { CommandFailed, table } from '../output.js';
import { type Terminal, print } from '../terminal.js';

/** Which messages, as options say. */
export interface FilterOptions {
  readonly type?: string;
  readonly reason?: string;
  readonly id?: string;
  readonly olderThan?: number;
}

export interface ListOptions extends AwsOptions, FilterOptions {
  readonly json?: true;
}

interface QueueRow {
  readonly name: string;
  readonly deadLetterQueue: string;
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly deadLetters: number;
  /** The dead letters that the filters fit, where there are filters. */
  readonly matching?: readonly Tally[];
}

export function selectionOf({ type, reason, id, olderThan }: FilterOptions): Selection {
  return { type, reason, id, olderThanMs: olderThan };
}

/** `lethe queues list`: how full the queues are and, with a filter, which dead letters it fits. */
export async function listQueuesCommand(config: CliConfig, options: ListOptions, terminal: Terminal): Promise<void> {
  const asked = await withAws(config, options, (clients) =>
    Promise.all(resourcesOf(store).queues.map(({ name }) => rowOf(clients, name, options))),
  );
  const queues = asked.filter((row) => typeof row !== 'string');
  const missing = asked.filter((row) => typeof row === 'string');
  print(terminal, options.json, { queues, missing }, () => `${listing(queues)}\n`);
  if (missing.length > 0)
    throw new CommandFailed(`${missing.join(', ')}: no such queue; lethe topology apply makes it`);
}

/** The queue, or its name where it is missing. */
async function rowOf(clients: AwsClients, name: string, options: FilterOptions): Promise<QueueRow | string> {
  try {
    const { source, deadLetters } = await openDeadLetters(clients, name);
    const dead = deadLetters.depth.waiting + deadLetters.depth.inFlight;
    const row = { name, deadLetterQueue: deadLetters.name, ...source.depth, deadLetters: dead };
    const selection = selectionOf(options);
    if (Object.values(selection).every((value) => value === undefined)) return row;
    const { tallies } = await survey({ clients, queue: name, selection });
    return { ...row, matching: tallies };
  } catch (error) {
    if (error instanceof DestinationError) return name;
    throw error;
  }
}

function listing(queues: readonly QueueRow[]): string {
  const depths = table(
    ['queue', 'waiting', 'in flight', 'delayed', 'dead letters'],
    queues.map(({ name, waiting, inFlight, delayed, deadLetters }) => [name, waiting, inFlight, delayed, deadLetters]),
  );
  if (queues.every(({ matching }) => matching === undefined)) return depths;
  const now = Date.now();
  const rows = queues.flatMap(({ deadLetterQueue, matching = [] }) =>
    matching.map(({ type, reason, count, oldestSentAt }) => [
      deadLetterQueue,
      type ?? '-',
      reason,
      count,
      age(now - oldestSentAt),
    ]),
  );
  return `${depths}\n\n${table(['dead letters in', 'type', 'reason', 'messages', 'oldest'], rows)}`;
}
