import type { Contender, Settings } from './contenders/contender.js';
import type { Window } from './measure/probe.js';
import type { BacklogJob, BacklogResult, ConsumeJob, ConsumeResult } from './processes/job.js';
import { runProcess } from './processes/run-process.js';
import { type ConsumerRow, consumerRow, medianRow } from './report/rows.js';
import { freshTopology } from './server/fresh-queue.js';
import type { QueueServer } from './server/queue-server.js';
import type { WorkloadName } from './workload.js';

/** Messages behind the measured ones, so that the load lasts until the slowest of those is done. */
const BEHIND: Readonly<Record<WorkloadName, number>> = { none: 3_000, steady: 3_000, mixed: 12_000 };

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

/** Runs that look for the best number of polls. */
export function tuningRuns(
  contenders: readonly Contender[],
  workloads: readonly WorkloadName[],
  polls: readonly number[],
): ConsumerRun[] {
  return consumerRuns(contenders, workloads)
    .filter(({ at }) => at === 'best')
    .flatMap((run) => polls.map((count) => ({ ...run, settings: { ...run.settings, polls: count } })));
}

export function describeSettings({ polls, handlers }: Settings): string {
  return [
    ...(polls === undefined ? [] : [`${polls} polls`]),
    ...(handlers === undefined ? [] : [`${handlers} handlers`]),
  ].join(', ');
}

export interface MeasureOptions {
  readonly window: Window;
  /** Runs of which the median counts; those that use all their time are not repeated. */
  readonly repeat: number;
  /** For Node itself, such as `--cpu-prof`. */
  readonly flags: readonly string[];
}

/** Runs one consumer on a queue of its own. */
export async function measureConsumer(
  { contender, workload, at, settings }: ConsumerRun,
  server: QueueServer,
  { window, repeat, flags }: MeasureOptions,
): Promise<ConsumerRow> {
  const name = { contender: contender.name, at, settings: describeSettings(settings), workload };
  const once = async (): Promise<ConsumerRow> => {
    const topology = await freshTopology(server, window.warmUp + window.measured + BEHIND[workload]);
    const job: ConsumeJob = { contender: contender.name, workload, settings, topology, window };
    const { measurement } = await runProcess<ConsumeResult>('consume', job, { env: server.env, flags });
    await server.ask({ type: 'clear' });
    return consumerRow(name, measurement);
  };
  const rows: [ConsumerRow, ...ConsumerRow[]] = [await once()];
  while (rows.length < repeat && !rows[0].capped) rows.push(await once());
  return medianRow(rows);
}

/** Lets a consumer work off a long backlog and looks at its memory ten times. */
export async function measureBacklog(contender: string, count: number, server: QueueServer): Promise<BacklogResult> {
  const topology = await freshTopology(server, count);
  const job: BacklogJob = { contender, topology, count, every: count / 10 };
  const result = await runProcess<BacklogResult>('backlog', job, { env: server.env, flags: ['--expose-gc'] });
  await server.ask({ type: 'clear' });
  return result;
}
