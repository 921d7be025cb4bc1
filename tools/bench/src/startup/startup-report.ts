import { type Verdict, judge } from '../report/bounds.js';
import { boundsTable } from '../report/document.js';
import type { Machine } from '../report/machine.js';
import type { MeasuredBound } from '../report/part-report.js';
import { figure, markdownTable } from '../report/table.js';

/** A program with or without what Node compiled before. */
export interface StartupRow {
  readonly program: string;
  readonly cached: boolean;
  /** Medians. */
  readonly readyMs: number;
  readonly cpuMs: number;
  readonly residentMiB: number;
  /** Of the bundle, and of the cache where it has one. */
  readonly contentBytes: number;
}

/** A service beside an empty one. Ratios are medians of the ratios within the rounds. */
export interface ServiceStartup {
  readonly service: string;
  readonly rows: readonly StartupRow[];
  readonly ratios: readonly { readonly cached: boolean; readonly ready: number; readonly resident: number }[];
}

export interface StartupReport {
  readonly at: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly services: readonly ServiceStartup[];
}

/** Of the requirement: a start and the memory of an idle replica, to those of the empty service. */
const MOST_TIMES = 1.5;
/** Of the requirement: what an image holds beside Node. */
const MOST_MEGABYTES = 60;

const HOW = `Each service as its image holds it: its bundle, in a folder of its own, started by Node alone, with real backing
services on the same machine. Beside it an empty NestJS service on the same adapter, that imports the same names of the same
packages, as they are found in the service's own code, and is bundled by the same bundler; it answers that it is ready and
does nothing else. From the start of the process to the first answer of \`/health/ready\` with 200, which the service gives once
its database answers; in turn, round by round, and the ratios are within the rounds. "Cached" is with Node's compile cache, made
as an image makes it, and never written to again. Resident memory is that of a replica that has been ready, with its consumers
polling, for some seconds. The content is the bundle, and the cache where there is one.`;

const said = (cached: boolean): string => (cached ? 'with the compile cache' : 'without a cache');

/** What the requirement bounds, of each service that was measured. */
export function startupBounds({ services }: Pick<StartupReport, 'services'>): MeasuredBound[] {
  return services.flatMap(({ service, rows, ratios }) => [
    ...ratios.flatMap(({ cached, ready, resident }) => [
      { claim: `${service}, ${said(cached)}: start to ready`, unit: '×' as const, atMost: MOST_TIMES, measured: ready },
      {
        claim: `${service}, ${said(cached)}: resident idle`,
        unit: '×' as const,
        atMost: MOST_TIMES,
        measured: resident,
      },
    ]),
    {
      claim: `${service}: megabytes beside Node, with the cache`,
      unit: '' as const,
      atMost: MOST_MEGABYTES,
      measured: Math.max(...rows.map(({ contentBytes }) => contentBytes)) / 1_000_000,
    },
  ]);
}

export function startupVerdicts(report: Pick<StartupReport, 'services'>): Verdict[] {
  return startupBounds(report).map((bound) => judge(bound, bound.measured));
}

/** The figures as text, for a terminal and for the document. */
export function startupText(report: Pick<StartupReport, 'services'>): string {
  const rows = report.services.flatMap((service) => service.rows);
  const table = markdownTable(
    ['', 'ready ms', 'CPU ms', 'resident MiB', 'content MB'],
    rows.map(({ program, cached, readyMs, cpuMs, residentMiB, contentBytes }) => [
      `${program}${cached ? ', cached' : ''}`,
      figure(readyMs),
      figure(cpuMs),
      figure(residentMiB),
      figure(contentBytes / 1_000_000, 1),
    ]),
  );
  return ['### Bundle start to ready', HOW, table, '### Bounds', boundsTable(startupVerdicts(report))].join('\n\n');
}
