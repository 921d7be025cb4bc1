import { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Symptom } from './alarms.js';
import { storeMetric } from './store-metric.js';

/** What becomes of orders. */
export const ORDER_OUTCOMES = ['placed', 'confirmed', 'rejected', 'cancelled'] as const;

/** Enough orders in a quarter of an hour that some of them would be confirmed. */
const LEAST_ORDERS = 10;
const QUARTER = Duration.minutes(15);

/** Orders that came to a state, as analytics hears of them, each once. */
export function orders(outcome: (typeof ORDER_OUTCOMES)[number], period: Duration): Metric {
  return storeMetric('Orders', { outcome }, { statistic: Stats.SUM, period });
}

/** What the business feels: orders come, and none is sold. */
export function businessSymptoms(): Symptom[] {
  return [
    {
      id: 'orders-stand-still',
      says: `Orders are placed, and in ${QUARTER.toMinutes()} minutes none was confirmed.`,
      runbook: 'orders',
      metric: new MathExpression({
        label: 'placed, and none confirmed',
        expression: `IF(FILL(placed, 0) >= ${LEAST_ORDERS} AND FILL(confirmed, 0) < 1, 1, 0)`,
        usingMetrics: { placed: orders('placed', QUARTER), confirmed: orders('confirmed', QUARTER) },
        period: QUARTER,
      }),
      threshold: 0,
      minutes: 1,
    },
  ];
}
