import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationLoadBalancer, HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { runbookLink } from './alarms.js';

/** A promise to customers, over 30 days, by the share of requests that keep it. */
export interface Objective {
  readonly id: string;
  readonly says: string;
  /** Of 1. */
  readonly kept: number;
  readonly runbook: string;
  /** The share of requests that broke it, of 1. */
  readonly broken: (balancer: ApplicationLoadBalancer, period: Duration) => IMetric;
}

const FAST_SECONDS = 1;

export const OBJECTIVES: readonly Objective[] = [
  {
    id: 'availability',
    says: '99.9 % of the requests are answered without an error of ours',
    kept: 0.999,
    runbook: 'errors',
    broken: (balancer, period) =>
      new MathExpression({
        label: 'share of errors',
        expression: '(FILL(target, 0) + FILL(own, 0)) / MAX([FILL(requests, 0), 1])',
        usingMetrics: {
          target: balancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period }),
          own: balancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period }),
          requests: balancer.metrics.requestCount({ period }),
        },
        period,
      }),
  },
  {
    id: 'latency',
    says: `99 % of the requests are answered within ${FAST_SECONDS} s`,
    kept: 0.99,
    runbook: 'slowness',
    broken: (balancer, period) =>
      new MathExpression({
        label: 'share of slow answers',
        expression: '1 - fast / 100',
        usingMetrics: {
          fast: balancer.metrics.targetResponseTime({ statistic: Stats.percentileRank(0, FAST_SECONDS), period }),
        },
        period,
      }),
  },
];

/** How fast the budget burns: over the long window, and over the short one, so that it rings no longer than it burns. */
export interface BurnRate {
  readonly factor: number;
  readonly long: Duration;
  readonly short: Duration;
  /** The long window in periods of this: CloudWatch knows none longer than a day. */
  readonly period: Duration;
  /** Whether somebody is woken, or finds it in the morning. */
  readonly urgent: boolean;
}

/** "The Site Reliability Workbook", chapter 5, table 5-8: 2 % of the budget in an hour, 5 % in six, 10 % in three days. */
export const BURN_RATES: readonly BurnRate[] = [
  { factor: 14.4, long: Duration.hours(1), short: Duration.minutes(5), period: Duration.hours(1), urgent: true },
  { factor: 6, long: Duration.hours(6), short: Duration.minutes(30), period: Duration.hours(6), urgent: true },
  { factor: 1, long: Duration.days(3), short: Duration.hours(6), period: Duration.days(1), urgent: false },
];

/** `1h`, `30m`, `3d`. */
const written = (duration: Duration): string => {
  const minutes = duration.toMinutes();
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
};

/** The alarms of an objective: each rings while its budget burns too fast over both of its windows. */
export class ObjectiveAlarms {
  readonly composites: readonly CompositeAlarm[];
  /** That of the shortest window: an experiment stops on it. */
  readonly fastest: Alarm;

  constructor(scope: Construct, objective: Objective, balancer: ApplicationLoadBalancer, action: IAlarmAction) {
    const made = BURN_RATES.map((rate) => {
      const long = this.#window(scope, objective, rate, balancer, rate.long);
      const short = this.#window(scope, objective, rate, balancer, rate.short);
      const id = `burn-${objective.id}-${written(rate.long)}`;
      const composite = new CompositeAlarm(scope, id, {
        compositeAlarmName: `lethe-${id}`,
        alarmDescription:
          `The budget of the objective that ${objective.says} burns ${rate.factor} times too fast. ` +
          `${rate.urgent ? 'Look now' : 'Look today'}. ${runbookLink(objective.runbook)}`,
        alarmRule: AlarmRule.allOf(
          AlarmRule.fromAlarm(long, AlarmState.ALARM),
          AlarmRule.fromAlarm(short, AlarmState.ALARM),
        ),
      });
      composite.addAlarmAction(action);
      composite.addOkAction(action);
      return { composite, short };
    });
    this.composites = made.map(({ composite }) => composite);
    const [first] = made;
    if (first === undefined) throw new TypeError('there is no burn rate');
    this.fastest = first.short;
  }

  /** Tells nobody: only both windows together do. Over three days it is each of them that burns too fast. */
  #window(
    scope: Construct,
    { id: objective, broken, kept, runbook }: Objective,
    { factor, long, period }: BurnRate,
    balancer: ApplicationLoadBalancer,
    window: Duration,
  ): Alarm {
    const of = window === long ? period : window;
    const periods = window.toMinutes() / of.toMinutes();
    const id = `window-${objective}-${written(long)}-${written(window)}`;
    return new Alarm(scope, id, {
      alarmName: `lethe-${id}`,
      alarmDescription: `One of two windows over which the budget of ${objective} burns. ${runbookLink(runbook)}`,
      metric: broken(balancer, of),
      threshold: Number((factor * (1 - kept)).toPrecision(6)),
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
