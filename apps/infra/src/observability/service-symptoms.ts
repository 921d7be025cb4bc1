import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationLoadBalancer, HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Symptom } from './alarms.js';

/** Of a month, the share of requests that is answered, and answered in time. */
const OBJECTIVE = 0.999;
/** How fast the error budget of a month may burn: two hundredths of it in an hour, a twentieth in six ("SRE Workbook", 5). */
const BURN_RATES = [
  { hours: 1, factor: 14.4 },
  { hours: 6, factor: 6 },
] as const;
const P99_SECONDS = 1;

/** The share of requests that the balancer, or a service behind it, answered with an error. */
function errorShare(balancer: ApplicationLoadBalancer, period: Duration): MathExpression {
  return new MathExpression({
    expression: '(FILL(target, 0) + FILL(own, 0)) / MAX([FILL(requests, 0), 1])',
    usingMetrics: {
      target: balancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period }),
      own: balancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period }),
      requests: balancer.metrics.requestCount({ period }),
    },
    period,
  });
}

/** What customers feel: errors that burn the budget of the objective, and slowness. */
export function serviceSymptoms(balancer: ApplicationLoadBalancer): Symptom[] {
  return [
    ...BURN_RATES.map(({ hours, factor }) => ({
      id: `burn-${hours}h`,
      says: `Errors of the last ${hours} h would use up the month's budget ${factor} times over.`,
      runbook: 'errors',
      metric: errorShare(balancer, Duration.hours(hours)),
      threshold: factor * (1 - OBJECTIVE),
      minutes: 1,
    })),
    {
      id: 'slow',
      says: `One request of a hundred takes longer than ${P99_SECONDS} s.`,
      runbook: 'slowness',
      metric: balancer.metrics.targetResponseTime({
        statistic: Stats.percentile(99),
        period: Duration.minutes(1),
      }),
      threshold: P99_SECONDS,
      minutes: 5,
    },
  ];
}
