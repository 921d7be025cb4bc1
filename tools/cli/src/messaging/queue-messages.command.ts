import { store } from '@lethe/contracts';
import {
  type SweepOptions,
  type SweepReport,
  openDeadLetters,
  openQueue,
  peek,
  purge,
  redrive,
  survey,
} from '@lethe/messaging/operations';
import { type AwsOptions, withAws } from './aws.js';
import type { CliConfig } from '../cli.config.js';
import { failOn, messageDocument, messageText, remarks, tallyTable } from './dead-letters.report.js';
import { CommandFailed } from '../output.js';
import { Progress } from '../progress.js';
import { queueNameOf } from './queue-names.js';
import { type FilterOptions, selectionOf } from './queues.command.js';
import { type Terminal, interruptible, print } from '../terminal.js';

export interface MessagesOptions extends AwsOptions, FilterOptions {
  readonly limit?: number;
  readonly json?: true;
}
export interface PeekOptions extends MessagesOptions {
  readonly waiting?: true;
}
export interface RedriveOptions extends MessagesOptions {
  readonly to?: string;
  readonly dryRun?: true;
}
export interface PurgeOptions extends PeekOptions {
  readonly dryRun?: true;
  readonly yes?: true;
}

/** What a command is called with, beside its options. */
export interface Call {
  readonly config: CliConfig;
  readonly terminal: Terminal;
  readonly queue: string;
}

/** `lethe queues peek`: shows messages and gives them back. */
export async function peekCommand({ config, terminal, queue: name }: Call, options: PeekOptions): Promise<void> {
  const report = await withAws(config, options, (clients) =>
    peek({ clients, queue: queueNameOf(store, name), waiting: options.waiting, ...chosen(options) }),
  );
  const now = Date.now();
  const document = { ...report, messages: report.messages.map(messageDocument) };
  print(terminal, options.json, document, () =>
    report.messages.length === 0
      ? `no such message in ${report.queue}\n`
      : report.messages.map((message) => messageText(message, now)).join('\n'),
  );
  failOn(report.problems);
}

/** `lethe queues redrive`: sends dead letters back to their queue. */
export async function redriveCommand({ config, terminal, queue: name }: Call, options: RedriveOptions): Promise<void> {
  const queue = queueNameOf(store, name);
  const { dryRun, to } = options;
  const report = await withAws(config, options, async (clients) => {
    const { deadLetters } = await openDeadLetters(clients, queue);
    const shared = {
      clients,
      queue,
      dryRun,
      to: to === undefined ? undefined : queueNameOf(store, to),
      ...chosen(options),
    };
    return watched(terminal, options, { label: 'redriving', total: deadLetters.depth.waiting }, (watch) =>
      redrive({ ...shared, ...watch }),
    );
  });
  print(terminal, options.json, { ...report, dryRun: dryRun === true }, () => {
    const what =
      dryRun === true ? `would go from ${report.queue} to` : `of ${report.selected} went from ${report.queue} to`;
    return `${described(report)}${dryRun === true ? report.selected : report.sent} messages ${what} ${report.destination}\n${remarks(report)}`;
  });
  failOn(report.problems);
}

/** `lethe queues purge`: deletes messages for good, once it is told to. */
export async function purgeCommand({ config, terminal, queue: name }: Call, options: PurgeOptions): Promise<void> {
  const queue = queueNameOf(store, name);
  const { waiting, yes } = options;
  const real = yes === true && options.dryRun !== true;
  const report = await withAws(config, options, async (clients) => {
    const place =
      waiting === true ? await openQueue(clients, queue) : (await openDeadLetters(clients, queue)).deadLetters;
    const work = { clients, queue, waiting, ...chosen(options) };
    return watched(terminal, options, { label: real ? 'dropping' : 'counting', total: place.depth.waiting }, (watch) =>
      real ? purge({ ...work, ...watch }) : survey({ ...work, ...watch }),
    );
  });
  print(terminal, options.json, { ...report, dropped: report.done }, () => {
    const did = real
      ? `${report.done} messages were dropped from`
      : `${report.selected} messages would be dropped from`;
    return `${described(report)}${did} ${report.queue}\n${remarks(report)}`;
  });
  failOn(report.problems);
  if (!real && options.dryRun !== true)
    throw new CommandFailed('nothing was dropped: say --yes to drop these messages');
}

function chosen(options: MessagesOptions): Pick<SweepOptions, 'selection' | 'limit'> {
  return { selection: selectionOf(options), limit: options.limit };
}

function described({ tallies }: SweepReport): string {
  return tallies.length === 0 ? '' : `${tallyTable(tallies, Date.now())}\n`;
}

/** Runs a sweep that can be interrupted, with a line that shows how far it is. */
async function watched<R>(
  { err }: Terminal,
  { json, limit = Infinity }: MessagesOptions,
  { label, total }: { readonly label: string; readonly total: number },
  work: (watch: Pick<SweepOptions, 'signal' | 'onProgress'>) => Promise<R>,
): Promise<R> {
  const progress = new Progress(label, Math.min(total, limit), json === true ? undefined : err);
  progress.update(0);
  try {
    return await interruptible((signal) =>
      work({ signal, onProgress: ({ scanned }) => progress.update(scanned, 'messages looked at') }),
    );
  } finally {
    progress.end();
  }
}
