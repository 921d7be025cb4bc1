import { type Verdict, judge } from './bounds.js';
import type { Machine } from './machine.js';
import { boundsTable } from './document.js';
import { figure, markdownTable } from './table.js';
import type { PartRow, PartReport } from './part-report.js';

/** Everything that one run of a suite of parts found. */
export interface PartsReport {
  readonly at: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly parts: readonly PartReport[];
}

export function partsVerdicts({ parts }: Pick<PartsReport, 'parts'>): Verdict[] {
  return parts.flatMap(({ bounds }) => bounds).map((bound) => judge(bound, bound.measured));
}

export function rowsTable(rows: readonly PartRow[]): string {
  const timed = rows.some(({ p99Ms }) => p99Ms !== undefined);
  const middle = rows.some(({ medianMs }) => medianMs !== undefined);
  return markdownTable(
    ['', 'operations/s', 'CPU µs/operation', ...(middle ? ['median ms'] : []), ...(timed ? ['p99 ms'] : [])],
    rows.map(({ contender, operationsPerSecond, cpuMicros, medianMs, p99Ms }) => [
      contender,
      figure(operationsPerSecond),
      figure(cpuMicros, 1),
      ...(middle ? [medianMs === undefined ? '-' : figure(medianMs, 1)] : []),
      ...(timed ? [p99Ms === undefined ? '-' : figure(p99Ms, 1)] : []),
    ]),
  );
}

/** The figures as text, for a terminal and for the document. */
export function partsText(report: Pick<PartsReport, 'parts'>): string {
  const known = partsVerdicts(report).filter(({ holds }) => holds !== undefined);
  return [
    ...report.parts.flatMap(({ title, how, rows }) => [`### ${title}`, how, rowsTable(rows)]),
    ...(known.length === 0 ? [] : ['### Bounds', boundsTable(known)]),
  ].join('\n\n');
}
