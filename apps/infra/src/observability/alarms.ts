import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { failureQueues, store } from '@lethe/contracts';
import { resourcesOf } from '@lethe/topology';
import type { Construct } from 'constructs';

/** Where the answer to an alarm stands. */
const RUNBOOK = 'apps/infra/RUNBOOK.md';

/** What an alarm's description ends with: where to read on. */
export function runbookLink(part: string): string {
  return `Runbook: ${RUNBOOK}#${part}`;
}

/** A symptom that customers or operators feel, and the number at which it is one. */
export interface Symptom {
  readonly id: string;
  readonly says: string;
  /** A part of the runbook. */
  readonly runbook: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** For how many periods of the metric, minutes but where it says otherwise, it must last. */
  readonly minutes: number;
}

const MINUTE = Duration.minutes(1);

/** A metric of a queue, the largest of a minute. */
export function queueMetric(queue: string, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queue },
    statistic: Stats.MAXIMUM,
    period: MINUTE,
  });
}

/** What the topology has that can stand still or fill: every queue, every dead-letter queue, every stream. */
export function messagingSymptoms(): Symptom[] {
  const { queues, streams } = resourcesOf(store);
  const deadLetters = [...queues.map(({ deadLetterQueue }) => deadLetterQueue), ...failureQueues];
  return [
    ...queues.map(({ name }) => ({
      id: `age-${name}`,
      says: `Messages of ${name} wait for minutes.`,
      runbook: 'queues',
      metric: queueMetric(name, 'ApproximateAgeOfOldestMessage'),
      threshold: 300,
      minutes: 5,
    })),
    ...deadLetters.map((name) => ({
      id: `dead-${name}`,
      says: `Messages lie in ${name}: look at them, mend, redrive.`,
      runbook: 'dead-letters',
      metric: queueMetric(name, 'ApproximateNumberOfMessagesVisible'),
      threshold: 0,
      minutes: 1,
    })),
    ...streams.map(({ name }) => ({
      id: `lag-${name}`,
      says: `Readers of ${name} are minutes behind.`,
      runbook: 'streams',
      metric: new Metric({
        namespace: 'AWS/Kinesis',
        metricName: 'GetRecords.IteratorAgeMilliseconds',
        dimensionsMap: { StreamName: name },
        statistic: Stats.MAXIMUM,
        period: MINUTE,
      }),
      threshold: 300_000,
      minutes: 5,
    })),
  ];
}

/** An alarm for a symptom, which says where the answer to it stands. */
export function addAlarm(scope: Construct, symptom: Symptom, action: IAlarmAction): Alarm {
  const { id, says, runbook, metric, threshold, minutes } = symptom;
  const alarm = new Alarm(scope, id, {
    alarmName: `lethe-${id}`,
    alarmDescription: `${says} ${runbookLink(runbook)}`,
    metric,
    threshold,
    evaluationPeriods: minutes,
    datapointsToAlarm: minutes,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
