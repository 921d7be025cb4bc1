import {
  type Alarm,
  AlarmStatusWidget,
  type CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib';
import { store } from '@lethe/contracts';
import { queueName, resourcesOf, streamName } from '@lethe/topology';
import type { Construct } from 'constructs';
import { queueMetric } from './alarms.js';
import { ORDER_OUTCOMES, orders } from './business-symptoms.js';
import { MINUTE, NAMESPACE, failedPercent, p99, requests, storeMetric } from './store-metric.js';

const graph = (title: string, ...left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 8 });

/** By route template or by stream: whatever CloudWatch finds, as CDK need not know it. */
function searched(title: string, schema: string, metric: string, where: string, statistic: string): IWidget {
  const expression = `SEARCH('{${NAMESPACE},${schema}} MetricName="${metric}" ${where}', '${statistic}', 60)`;
  return new GraphWidget({ title, left: [new MathExpression({ expression, label: '', period: MINUTE })], width: 12 });
}

/** What a service does and how it is, with the alarms that tell of it. */
export function serviceDashboard(
  scope: Construct,
  stage: string,
  service: string,
  alarms: readonly (Alarm | CompositeAlarm)[],
): Dashboard {
  const own = store.services.find(({ name }) => name === service);
  const queue = queueName(store.name, service, own?.queue);
  const hasQueue = resourcesOf(store).queues.some(({ name }) => name === queue);
  const streams = (own?.reads ?? []).map((definition) => streamName(store.name, definition));
  const dimension = `service="${service}"`;
  return new Dashboard(scope, `Dashboard-${service}`, {
    dashboardName: `lethe-${stage}-${service}`,
    widgets: [
      [new AlarmStatusWidget({ title: `Alarms of ${service}`, alarms: [...alarms], width: 24 })],
      [
        graph('Requests', requests(service, 'answered'), requests(service, 'refused'), requests(service, 'failed')),
        graph('Failed, percent', failedPercent(service, 1)),
        graph('Time of requests', p99(service), storeMetric('RequestTime', { service }, { statistic: Stats.p(50) })),
      ],
      [
        searched('Failed, by route', 'service,route,outcome', 'Requests', `${dimension} outcome="failed"`, 'Sum'),
        searched('p99, by route', 'service,route', 'RequestTime', dimension, 'p99'),
      ],
      [
        graph('Outbox lag', storeMetric('OutboxLag', { service })),
        graph('Event loop', storeMetric('EventLoopDelay', { service })),
        graph('Shed', storeMetric('RequestsShed', { service }, { statistic: Stats.SUM })),
      ],
      ...(hasQueue
        ? [
            [
              graph('Age of the oldest message', queueMetric(queue, 'ApproximateAgeOfOldestMessage')),
              graph('Messages waiting', queueMetric(queue, 'ApproximateNumberOfMessagesVisible')),
              graph(
                'Messages settled',
                ...['done', 'retried', 'dead-lettered'].map((outcome) =>
                  storeMetric('MessagesSettled', { service, outcome }, { statistic: Stats.SUM }),
                ),
              ),
            ],
          ]
        : []),
      ...streams.map((stream) => [
        graph(`Lag in ${stream}`, storeMetric('StreamLag', { service, stream })),
        graph(`Leases of ${stream}`, storeMetric('LeaseMoves', { service, stream }, { statistic: Stats.SUM })),
      ]),
    ],
  });
}

/** What the store earns: orders by what became of them, revenue by currency, and whether the canary can buy. */
export function businessDashboard(scope: Construct, stage: string, canary: IMetric): Dashboard {
  const hour = Duration.hours(1);
  const revenue = `SEARCH('{${NAMESPACE},currency} MetricName="Revenue"', 'Sum', 3600)`;
  return new Dashboard(scope, 'Dashboard-business', {
    dashboardName: `lethe-${stage}-business`,
    widgets: [
      [
        graph('Orders in an hour', ...ORDER_OUTCOMES.map((outcome) => orders(outcome, hour))),
        new GraphWidget({
          title: 'Revenue in an hour',
          left: [new MathExpression({ expression: revenue, label: '', period: hour })],
          width: 8,
        }),
        graph(
          'Confirmed of placed, percent',
          new MathExpression({
            label: 'confirmed, percent',
            expression: '100 * confirmed / placed',
            usingMetrics: { confirmed: orders('confirmed', hour), placed: orders('placed', hour) },
            period: hour,
          }),
        ),
      ],
      [graph('The canary buys, percent', canary)],
    ],
  });
}
