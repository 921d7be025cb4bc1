import type { Contender } from './contenders/contender.js';
import { BARE_LOOP, LETHE_CONSUMER, LETHE_SERVER, SDK_LOOP, SQS_CONSUMER } from './contenders/names.js';
import { contenderNames, loadContender } from './contenders/registry.js';
import { consumerRuns, measureBacklog, measureConsumer, tuningRuns } from './measure-consumers.js';
import { OutboxBench } from './measure-outbox.js';
import { measureSender } from './measure-senders.js';
import type { Window } from './measure/probe.js';
import type { BenchOptions } from './options.js';
import { thisMachine } from './report/machine.js';
import type { MessagingReport } from './report/report.js';
import type { ConsumerRow, SenderRow } from './report/rows.js';
import { figure } from './report/table.js';
import { senders } from './senders/registry.js';
import type { QueueServer } from './server/queue-server.js';

/** Those that the bounds compare: a quick run makes do with them, a full one takes the median of several runs. */
const COMPARED: readonly string[] = [SQS_CONSUMER, SDK_LOOP, BARE_LOOP, LETHE_CONSUMER];

/** What the figures are of. */
const PACKAGES = [
  'sqs-consumer',
  '@ssut/nestjs-sqs',
  '@message-queue-toolkit/sqs',
  '@aws-sdk/client-sqs',
  '@lethe/messaging',
  'fauxqs',
];

interface Extent {
  readonly window: Window;
  /** Runs of each that is compared, of which the median counts. */
  readonly repeat: number;
  readonly contenders: (name: string) => boolean;
  readonly backlog: number;
  readonly rounds: number;
  readonly relays: readonly number[];
}

const FULL: Extent = {
  window: { warmUp: 2_000, warmUpMs: 1_000, measured: 20_000, capMs: 5_000 },
  repeat: 3,
  contenders: () => true,
  backlog: 200_000,
  rounds: 100,
  relays: [1, 4],
};
const QUICK: Extent = {
  window: { warmUp: 500, warmUpMs: 250, measured: 4_000, capMs: 1_800 },
  repeat: 1,
  contenders: (name) => COMPARED.includes(name) || name === LETHE_SERVER,
  backlog: 20_000,
  rounds: 20,
  relays: [1],
};

type Progress = (line: string) => void;

/** Runs what the options ask for, and tells of every figure as it is found. */
export async function benchMessaging(
  options: BenchOptions,
  server: QueueServer,
  progress: Progress,
): Promise<MessagingReport> {
  const extent = options.quick ? QUICK : FULL;
  const part = options.only !== undefined || options.tune !== undefined;
  const consumers = await consume(options, extent, server, progress);
  return {
    at: new Date().toISOString(),
    quick: options.quick,
    machine: thisMachine(PACKAGES),
    consumers,
    backlog: part ? [] : await backlog(extent, server, progress),
    ...(part ? { senders: [], relays: [], latencies: [] } : await send(extent, server, progress)),
  };
}

async function consume(
  { only, workloads, rtt, tune, cpuProfiles }: BenchOptions,
  extent: Extent,
  server: QueueServer,
  progress: Progress,
): Promise<ConsumerRow[]> {
  const { window } = extent;
  const names = contenderNames.filter((name) => only?.test(name) ?? extent.contenders(name));
  const contenders: readonly Contender[] = await Promise.all(names.map((name) => loadContender(name)));
  const flags = cpuProfiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfiles}`];
  const rows: ConsumerRow[] = [];
  await server.ask({ type: 'delay', ms: rtt });
  for (const run of tune ? tuningRuns(contenders, workloads, tune) : consumerRuns(contenders, workloads)) {
    const compared = COMPARED.includes(run.contender.name) && run.workload !== 'steady' && !tune;
    const repeat = compared ? extent.repeat : 1;
    const row = await measureConsumer(run, server, { window, repeat, flags });
    rows.push(row);
    const how = row.at === 'defaults' ? 'defaults' : row.settings;
    progress(
      `${row.workload}: ${row.contender} (${how}) ${figure(row.messagesPerSecond)} messages/s, p99 ${figure(row.p99Ms)} ms`,
    );
  }
  await server.ask({ type: 'delay', ms: 0 });
  return rows;
}

async function backlog(extent: Extent, server: QueueServer, progress: Progress): Promise<MessagingReport['backlog']> {
  const { samples } = await measureBacklog(LETHE_CONSUMER, extent.backlog, server);
  progress(
    `backlog of ${figure(extent.backlog)}: ${samples.map(({ heapMiB }) => figure(heapMiB, 1)).join(', ')} MiB live`,
  );
  return samples;
}

async function send(
  { window, relays, rounds }: Extent,
  server: QueueServer,
  progress: Progress,
): Promise<Pick<MessagingReport, 'senders' | 'relays' | 'latencies'>> {
  const tell = (row: SenderRow): SenderRow => {
    progress(`sending: ${row.sender} ${figure(row.messagesPerSecond)} messages/s`);
    return row;
  };
  const sent: SenderRow[] = [];
  for (const { name } of senders) sent.push(tell(await measureSender(name, window, server)));
  const outbox = await OutboxBench.start(server);
  try {
    const relayed: SenderRow[] = [];
    for (const count of relays) relayed.push(tell(await outbox.measureRelay(count, window)));
    const latencies = await outbox.measureLatency(rounds);
    return { senders: sent, relays: relayed, latencies };
  } finally {
    await outbox.stop();
  }
}
