import type { GuardJob, LoadResult, LoadSlice } from '../processes/job.js';
import { runProcess } from '../processes/run-process.js';
import { median } from '../report/statistics.js';
import type { Extent, SuitePart, PartRow } from '../report/part-report.js';

/** Servers, one after the other: what a guard costs differs from process to process by more than within one. */
const PROCESSES = 5;

const HOW = `A NestJS application on Fastify, without logs, and eight connections of another process, each with one request under
way; both routes answer the same JSON and get the same headers, a token among them. In turn, slice by slice. Five
processes of the application one after the other, as the layout of the heap and what was compiled when make one differ
from the next. The CPU is that of the application's process, and the bound is on it: the median over the processes of
the median of each one's rounds. The figures of the rows are medians over all slices.`;

function middle(contender: string, slices: readonly LoadSlice[]): PartRow {
  return {
    contender,
    operationsPerSecond: median(slices.map((slice) => slice.operationsPerSecond)),
    cpuMicros: median(slices.map((slice) => slice.cpuMicros)),
    p99Ms: median(slices.map((slice) => slice.p99Ms)),
  };
}

interface Routes {
  readonly open: readonly LoadSlice[];
  readonly guarded: readonly LoadSlice[];
}

/**
 * Many short slices: what disturbs the machine then touches both routes, or few rounds. Their number is odd, as the
 * nearest-rank median of an even one is the lower of the two in the middle, which would flatter the guard.
 */
async function load({ rounds, sliceMs }: Extent): Promise<Routes> {
  const half = Math.round((rounds * 4) / PROCESSES / 2);
  const job: GuardJob = { rounds: 2 * half + 1, sliceMs: sliceMs / 2 };
  const { slices } = await runProcess<LoadResult>('guard', job, { env: {} });
  const of = (path: string) => slices.filter((slice) => slice.path === path);
  return { open: of('/open'), guarded: of('/guarded') };
}

/** CPU of a guarded request to that of an open one, the median of the rounds. */
function ratioOf({ open, guarded }: Routes): number {
  return median(guarded.map(({ cpuMicros }, round) => cpuMicros / (open[round]?.cpuMicros ?? Number.NaN)));
}

/** What the guard adds to a request. */
export const guardPart: SuitePart = {
  name: 'guard',
  run: async (extent) => {
    const servers: Routes[] = [];
    for (let at = 0; at < PROCESSES; at += 1) servers.push(await load(extent));
    const open = servers.flatMap((server) => server.open);
    const guarded = servers.flatMap((server) => server.guarded);
    const measured = median(servers.map(ratioOf));
    return {
      title: 'A guarded request',
      how: HOW,
      rows: [middle('open: @Public()', open), middle('guarded: @Authenticated()', guarded)],
      bounds: [{ claim: 'CPU of a guarded request, to an open one', unit: '×', atMost: 1.1, measured }],
    };
  },
};
