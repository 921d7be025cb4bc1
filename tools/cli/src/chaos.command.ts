import { type ChaosReport, runChaos } from '@lethe/chaos';
import { CommandFailed, table } from './output.js';
import { Progress } from './progress.js';

export interface ChaosOptions {
  readonly orders: number;
  readonly kills: number;
  readonly replicas: number;
  readonly seed?: number;
  readonly json?: true;
}

/** `lethe chaos`: exits with 0 only where no invariant was violated. */
export async function chaosCommand(options: ChaosOptions): Promise<void> {
  const progress = new Progress('buying', options.orders, options.json ? undefined : process.stderr);
  const report = await runChaos({
    orders: options.orders,
    kills: options.kills,
    replicas: options.replicas,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    onPhase: (phase) => {
      if (!options.json) process.stderr.write(`${phase}\n`);
    },
    onPurchase: (placed, kills) => progress.update(placed, `orders, ${kills} kills`),
  });
  progress.end();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeReport(report));
  if (report.violations.length > 0) throw new CommandFailed(`${report.violations.length} violations`);
  if (report.kills < options.kills)
    throw new CommandFailed(`only ${report.kills} of ${options.kills} kills took place`);
}

function describeReport(report: ChaosReport): string {
  const { purchases } = report;
  const rows: [string, string | number][] = [
    ['orders placed', purchases.acknowledged],
    ['  confirmed', report.statuses['confirmed'] ?? 0],
    ['  rejected', report.statuses['rejected'] ?? 0],
    ['  cancelled', report.statuses['cancelled'] ?? 0],
    ['refused', purchases.refused],
    ['outcome unknown', purchases.unknown],
    ['kills', report.kills],
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
  const breaches = report.violations.map(({ invariant, detail }) => `${invariant}: ${detail}\n`).join('');
  return `\n${table(['what', 'count'], rows)}\n\n${checks}\n${breaches}`;
}
