import { type Verdict, judge } from '../report/bounds.js';
import type { Machine } from '../report/machine.js';
import { boundsTable } from '../report/document.js';
import { figure, markdownTable } from '../report/table.js';
import type { IdentityRow, PartReport } from './identity-part.js';

/** Everything that one run of `npm run bench -- identity` found. */
export interface IdentityReport {
  readonly at: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly parts: readonly PartReport[];
}

export function identityVerdicts({ parts }: Pick<IdentityReport, 'parts'>): Verdict[] {
  return parts.flatMap(({ bounds }) => bounds).map((bound) => judge(bound, bound.measured));
}

export function rowsTable(rows: readonly IdentityRow[]): string {
  const timed = rows.some(({ p99Ms }) => p99Ms !== undefined);
  return markdownTable(
    ['', 'operations/s', 'CPU µs/operation', ...(timed ? ['p99 ms'] : [])],
    rows.map(({ contender, operationsPerSecond, cpuMicros, p99Ms }) => [
      contender,
      figure(operationsPerSecond),
      figure(cpuMicros, 1),
      ...(timed ? [p99Ms === undefined ? '-' : figure(p99Ms, 1)] : []),
    ]),
  );
}

/** The figures as text, for a terminal and for the document. */
export function identityText(report: Pick<IdentityReport, 'parts'>): string {
  const known = identityVerdicts(report).filter(({ holds }) => holds !== undefined);
  return [
    ...report.parts.flatMap(({ title, how, rows }) => [`### ${title}`, how, rowsTable(rows)]),
    ...(known.length === 0 ? [] : ['### Bounds', boundsTable(known)]),
  ].join('\n\n');
}
