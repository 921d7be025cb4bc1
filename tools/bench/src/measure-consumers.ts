import { createClients } from '@lethe/aws';
import { provisionMessaging } from '@lethe/messaging/provision';
import { resourcesOf } from '@lethe/topology';
import type { Contender, Settings } from './contenders/contender.js';
import type { Window } from './measure/probe.js';
import type { ConsumeJob, ConsumeResult } from './processes/job.js';
import { runProcess } from './processes/run-process.js';
import { type ConsumerRow, consumerRow, medianRow } from './report/rows.js';
import type { QueueServer } from './server/queue-server.js';
import { benchTopology } from './topology.js';
import type { WorkloadName } from './workload.js';

/** Messages behind the measured ones, so that the load lasts until the slowest of those is done. */
const BEHIND = 12_000;

export interface ConsumerRun {
  readonly contender: Contender;
  readonly workload: WorkloadName;
  readonly at: 'defaults' | 'best';
  readonly settings: Settings;
}

/** Everything to run for these contenders: at their defaults where they have any, and at their best. */
export function consumerRuns(contenders: readonly Contender[], workloads: readonly WorkloadName[]): ConsumerRun[] {
  return workloads.flatMap((workload) =>
    contenders.flatMap((contender): ConsumerRun[] => {
      const best = contender.best?.[workload];
      return [
        ...(contender.atDefaults ? [{ contender, workload, at: 'defaults' as const, settings: {} }] : []),
        ...(best ? [{ contender, workload, at: 'best' as const, settings: best }] : []),
      ];
    }),
  );
}

export function describeSettings({ polls, handlers }: Settings): string {
  return [
    ...(polls === undefined ? [] : [`${polls} polls`]),
    ...(handlers === undefined ? [] : [`${handlers} handlers`]),
  ].join(', ');
}

/** Runs one consumer on a queue of its own. Repeated, it gives the run with the median throughput. */
export async function measureConsumer(
  run: ConsumerRun,
  window: Window,
  server: QueueServer,
  options: { readonly repeat: number; readonly flags?: readonly string[] },
): Promise<ConsumerRow> {
  const { contender, workload, at, settings } = run;
  const name = { contender: contender.name, at, settings: describeSettings(settings), workload };
  const once = async (): Promise<ConsumerRow> => {
    const topology = await prepare(server, window);
    const job: ConsumeJob = { contender: contender.name, workload, settings, topology, window };
    const result = await runProcess<ConsumeResult>('consume', job, { env: server.env, ...options });
    await server.ask({ type: 'clear' });
    return consumerRow(name, result.measurement);
  };
  const rows: [ConsumerRow, ...ConsumerRow[]] = [await once()];
  // What takes its full time is long enough a measurement.
  while (rows.length < options.repeat && !rows[0].capped) rows.push(await once());
  return medianRow(rows);
}

let queues = 0;

/** A topology of its own, its queue full. Gives its name. */
async function prepare(server: QueueServer, { warmUp, measured }: Window): Promise<string> {
  queues += 1;
  const topology = benchTopology(`bench-${queues}`);
  const clients = createClients({ region: server.env['AWS_REGION'] ?? '' });
  try {
    await provisionMessaging(topology, clients);
  } finally {
    clients.close();
  }
  const queue = resourcesOf(topology).queues[0]?.name ?? '';
  await server.ask({ type: 'fill', queue, count: warmUp + measured + BEHIND });
  return topology.name;
}

/** Runs that look for the best number of polls. */
export function tuneRuns(
  contenders: readonly Contender[],
  workloads: readonly WorkloadName[],
  polls: readonly number[],
): ConsumerRun[] {
  return workloads.flatMap((workload) =>
    contenders
      .filter(({ best }) => best !== undefined)
      .flatMap((contender) =>
        polls.map((count) => ({
          contender,
          workload,
          at: 'best' as const,
          settings: { ...contender.best?.[workload], polls: count },
        })),
      ),
  );
}
