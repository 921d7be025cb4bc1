import type { EmfMetric, Labels } from './emf-metric.js';

/** By route template, and by what became of it: a status each would be a metric each. */
function requestLabels({ method = '', route = '', status = '' }: Labels): Labels {
  const code = Number(status);
  return { route: `${method} ${route}`, outcome: code >= 500 ? 'failed' : code >= 400 ? 'refused' : 'answered' };
}

const REQUESTS = { source: 'http_server_request_duration_seconds', labels: requestLabels } as const;
const OUTBOX = { unit: 'Count', takes: 'greatest' } as const;

/** What alarms and dashboards read of any service; those of which the registry has nothing are left out. */
export const kitMetrics: readonly EmfMetric[] = [
  {
    ...REQUESTS,
    name: 'Requests',
    unit: 'Count',
    takes: 'increase',
    dimensions: [
      ['service', 'outcome'],
      ['service', 'route', 'outcome'],
    ],
  },
  {
    ...REQUESTS,
    name: 'RequestTime',
    unit: 'Seconds',
    takes: 'spread',
    dimensions: [['service'], ['service', 'route']],
  },
  {
    source: 'http_server_requests_shed_total',
    name: 'RequestsShed',
    unit: 'Count',
    takes: 'increase',
    dimensions: [['service']],
  },
  {
    source: 'nodejs_eventloop_lag_p99_seconds',
    name: 'EventLoopDelay',
    unit: 'Seconds',
    takes: 'greatest',
    dimensions: [['service']],
  },
  {
    source: 'outbox_oldest_row_age_seconds',
    name: 'OutboxLag',
    unit: 'Seconds',
    takes: 'greatest',
    dimensions: [['service']],
  },
  { ...OUTBOX, source: 'outbox_rows', name: 'OutboxRows', dimensions: [['service', 'state']] },
  {
    source: 'messaging_settled_total',
    name: 'MessagesSettled',
    unit: 'Count',
    takes: 'increase',
    dimensions: [['service', 'outcome']],
  },
  {
    source: 'messaging_oldest_message_age_seconds',
    name: 'OldestMessage',
    unit: 'Seconds',
    takes: 'greatest',
    dimensions: [['service']],
  },
  {
    source: 'stream_lag_seconds',
    name: 'StreamLag',
    unit: 'Milliseconds',
    takes: 'greatest',
    factor: 1_000,
    dimensions: [['service', 'stream']],
  },
  {
    source: 'stream_leases_total',
    name: 'LeaseMoves',
    unit: 'Count',
    takes: 'increase',
    dimensions: [['service', 'stream']],
  },
];
