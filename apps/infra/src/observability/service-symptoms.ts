import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { storeServices, store } from '@lethe/contracts';
import { streamName } from '@lethe/topology';
import type { Symptom } from './alarms.js';
import { MINUTE, failedPercent, p99, storeMetric } from './store-metric.js';

/** Percent of a service's requests in each of five minutes, and how many there must be to tell. */
const FAILED = { percent: 2, least: 20 };
const P99_SECONDS = 1;
/** Seconds: the relay publishes at once, so a row of a minute ago is one that cannot be published. */
const OUTBOX_SECONDS = 60;
const STREAM_MS = 300_000;
/** Leases that change hands in a minute. A deployment moves each shard once or twice; for 15 minutes no deployment does. */
const LEASE_MOVES = 10;

/** What customers of a service feel, as the service itself measures it. */
export function serviceSymptoms(): Symptom[] {
  return storeServices.flatMap(({ name: service }) => [
    {
      id: `errors-${service}`,
      says: `More than ${FAILED.percent} % of the requests of ${service} fail.`,
      runbook: 'errors',
      metric: failedPercent(service, FAILED.least),
      threshold: FAILED.percent,
      minutes: 5,
    },
    {
      id: `slow-${service}`,
      says: `One request of a hundred to ${service} takes longer than ${P99_SECONDS} s.`,
      runbook: 'slowness',
      metric: p99(service),
      threshold: P99_SECONDS,
      minutes: 5,
    },
    {
      id: `outbox-${service}`,
      says: `Messages of ${service} are not published: the oldest has waited for more than ${OUTBOX_SECONDS} s.`,
      runbook: 'outbox',
      metric: storeMetric('OutboxLag', { service }),
      threshold: OUTBOX_SECONDS,
      minutes: 5,
    },
    {
      id: `parked-${service}`,
      says: `Messages of ${service} are parked: the outbox has given them up.`,
      runbook: 'outbox',
      metric: storeMetric('OutboxRows', { service, state: 'parked' }),
      threshold: 0,
      minutes: 1,
    },
    ...streamSymptoms(service),
  ]);
}

function streamSymptoms(service: string): Symptom[] {
  const reads = store.services.find(({ name }) => name === service)?.reads ?? [];
  return reads.flatMap((definition) => {
    const stream = streamName(store.name, definition);
    return [
      {
        id: `lag-${service}-${stream}`,
        says: `${service} is minutes behind in ${stream}.`,
        runbook: 'streams',
        metric: storeMetric('StreamLag', { service, stream }),
        threshold: STREAM_MS,
        minutes: 5,
      },
      {
        id: `leases-${service}-${stream}`,
        says: `Leases of ${service} on ${stream} change hands again and again: its workers do not agree, or die.`,
        runbook: 'leases',
        metric: storeMetric('LeaseMoves', { service, stream }, { statistic: Stats.SUM, period: MINUTE }),
        threshold: LEASE_MOVES,
        minutes: 15,
      },
    ];
  });
}
