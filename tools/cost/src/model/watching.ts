import { HOURS_PER_MONTH, type Load } from './load.js';
import { BYTES_PER_GB, type Usage, used } from './usage.js';

/** Lines compress to about this share of their size. Source: "CloudWatch Pricing": 0.15 in its examples. */
const ARCHIVED_SHARE = 0.15;
/** A data key of SQS, SNS and Kinesis is asked for anew after five minutes. Source: "Data key reuse" of SQS. */
const KEYS_PER_HOUR = 12;

/** Logs, metrics, alarms, traces, the canary. */
export function watchingUsage(load: Load): Usage[] {
  const { platform, stage } = load.situation;
  const logged = load.monthly(({ logBytes }) => logBytes) / BYTES_PER_GB;
  return [
    used('logs.gb', logged, 'logs'),
    used('logs.gb-month', (logged * ARCHIVED_SHARE * stage.logDays) / 30, 'logs kept'),
    used('cloudwatch.metric-month', platform.metrics, 'metrics'),
    used('cloudwatch.alarm-month', platform.alarms, 'alarms'),
    used('cloudwatch.dashboard-month', platform.dashboards, 'dashboards'),
    used('xray.trace', load.requests * platform.tracedShare, 'traces'),
    used('canary.run', platform.canaryRunsPerHour * HOURS_PER_MONTH, 'canary'),
  ];
}

/** Secrets and keys. */
export function secretUsage(load: Load): Usage[] {
  const { platform } = load.situation;
  return [
    used('secret.month', platform.secrets, 'secrets'),
    used('kms.key-month', platform.keys, 'keys'),
    used('kms.request', (load.queues * 2 + load.streams) * KEYS_PER_HOUR * HOURS_PER_MONTH, 'data keys'),
  ];
}
