import { type ChaosReport, runChaos } from '@lethe/chaos';
import { CommandFailed, table } from './output.js';
import { Progress } from './progress.js';

export interface ChaosOptions {
  readonly orders: number;
  readonly kills?: number;
  readonly count: number;
  readonly faults: string;
  /** Where the history of the clients' operations goes, one JSON object a line. */
  readonly history?: string;
  readonly replicas: number;
  readonly seed?: number;
  readonly json?: true;
}

/** `lethe chaos`: exits with 0 only where no invariant was violated. */
export async function chaosCommand(options: ChaosOptions): Promise<void> {
  const wanted = options.kills ?? options.count;
  const progress = new Progress('buying', options.orders, options.json ? undefined : process.stderr);
  const report = await runChaos({
    orders: options.orders,
    faults: wanted,
    kinds: options.faults,
    replicas: options.replicas,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    onPhase: (phase) => {
      if (!options.json) process.stderr.write(`${phase}\n`);
    },
    onPurchase: (placed, faults) => progress.update(placed, `orders, ${faults} faults`),
    ...(options.history === undefined ? {} : { historyFile: options.history }),
  });
  progress.end();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeReport(report));
  if (report.violations.length > 0) throw new CommandFailed(`${report.violations.length} violations`);
}

function describeReport(report: ChaosReport): string {
  const { purchases } = report;
  const rows: [string, string | number][] = [
    ['orders placed', purchases.acknowledged],
    ...Object.entries(report.statuses).map(([status, count]): [string, number] => [`  ${status}`, count]),
    ['refused', purchases.refused],
    ['outcome unknown', purchases.unknown],
    ['faults', Object.values(report.faults).reduce((sum, times) => sum + times, 0)],
    ['operations checked', report.operations],
    ['retries', report.retries],
    ['duplicates suppressed', report.duplicatesSuppressed],
    ['violations', report.violations.length],
    ['seed', report.seed],
    ['seconds', report.seconds],
  ];
  const checks = table(
    ['invariant', 'checked', 'violations'],
    report.checks.map(({ invariant, checked, violations }) => [invariant, checked, violations]),
  );
  const faults = table(
    ['fault', 'times'],
    Object.entries(report.faults).toSorted(([a], [b]) => a.localeCompare(b)),
  );
  const breaches = report.violations.map(({ invariant, detail }) => `${invariant}: ${detail}\n`).join('');
  return `\n${table(['what', 'count'], rows)}\n\n${faults}\n\n${checks}\n${breaches}`;
}
