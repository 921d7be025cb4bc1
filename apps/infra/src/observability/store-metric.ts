import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** Where services write their metrics, in the Embedded Metric Format (`METRICS=emf`). */
export const NAMESPACE = 'Lethe';
export const MINUTE = Duration.minutes(1);

/** A metric that services write themselves. */
export function storeMetric(
  metricName: string,
  dimensionsMap: Readonly<Record<string, string>>,
  { statistic = Stats.MAXIMUM, period = MINUTE }: { readonly statistic?: string; readonly period?: Duration } = {},
): Metric {
  return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { ...dimensionsMap }, statistic, period });
}

/** Requests of a service with an outcome, in a minute. */
export function requests(service: string, outcome: 'answered' | 'refused' | 'failed'): Metric {
  return storeMetric('Requests', { service, outcome }, { statistic: Stats.SUM });
}

/** Percent of a service's requests that failed; none where there were too few to tell. */
export function failedPercent(service: string, least: number): IMetric {
  return new MathExpression({
    label: 'failed, percent',
    expression: `IF(FILL(answered, 0) + FILL(refused, 0) + FILL(failed, 0) >= ${least}, 100 * FILL(failed, 0) / (FILL(answered, 0) + FILL(refused, 0) + FILL(failed, 0)), 0)`,
    usingMetrics: {
      answered: requests(service, 'answered'),
      refused: requests(service, 'refused'),
      failed: requests(service, 'failed'),
    },
    period: MINUTE,
  });
}

/** The time in which all but one of a hundred requests of a service are answered, in seconds. */
export function p99(service: string): Metric {
  return storeMetric('RequestTime', { service }, { statistic: Stats.percentile(99) });
}
