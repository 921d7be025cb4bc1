import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, type CfnScalingPolicy, MetricAggregationType } from 'aws-cdk-lib/aws-applicationautoscaling';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ScalableTaskCount, FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Requests of a minute that one task of a vCPU answers with room to spare. */
const REQUESTS_PER_TARGET = 6_000;
const CPU_PERCENT = 60;
/** Fast to grow, slow to shrink: a task that goes drains for up to two minutes. */
const COOLDOWN = { scaleOutCooldown: Duration.seconds(30), scaleInCooldown: Duration.minutes(5) };
const MINUTE = Duration.minutes(1);

/** By requests per task and by CPU, whichever asks for more. */
export function scaleOnRequests(
  count: ScalableTaskCount,
  service: FargateService,
  groups: Readonly<Record<string, ApplicationTargetGroup>>,
): void {
  const [targetGroup] = Object.values(groups);
  if (targetGroup === undefined) return;
  count.scaleOnRequestCount('Requests', { targetGroup, requestsPerTarget: REQUESTS_PER_TARGET, ...COOLDOWN });
  const policy = count.node.findChild('Target').node.findChild('Requests').node.defaultChild as CfnScalingPolicy;
  trackAll(policy, service, groups);
  count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...COOLDOWN });
}

/**
 * Requests per task over all groups: after a deployment of blue and green the other one has them, which
 * ALBRequestCountPerTarget does not follow. CDK knows no sums here. Source: "Create a target tracking scaling policy for
 * Application Auto Scaling using metric math".
 */
function trackAll(
  policy: CfnScalingPolicy,
  service: FargateService,
  groups: Readonly<Record<string, ApplicationTargetGroup>>,
): void {
  const stat = (Id: string, metric: IMetric, Stat: string) => {
    const { metricStat } = metric.toMetricConfig();
    const Dimensions = (metricStat?.dimensions ?? []).map(({ name: Name, value: Value }) => ({
      Name,
      Value: Value as string,
    }));
    const Metric = { Namespace: metricStat?.namespace, MetricName: metricStat?.metricName, Dimensions };
    return { Id, MetricStat: { Metric, Stat }, ReturnData: false };
  };
  const configuration = 'TargetTrackingScalingPolicyConfiguration';
  policy.addPropertyDeletionOverride(`${configuration}.PredefinedMetricSpecification`);
  policy.addPropertyOverride(`${configuration}.CustomizedMetricSpecification.Metrics`, [
    ...Object.entries(groups).map(([id, group]) => stat(id, group.metrics.requestCount(), 'Sum')),
    stat('tasks', runningTasks(service), 'Average'),
    {
      Id: 'each',
      Expression: `(${Object.keys(groups)
        .map((id) => `FILL(${id}, 0)`)
        .join(' + ')}) / MAX([tasks, 1])`,
      ReturnData: true,
    },
  ]);
}

/** How old the backlog of a queue is per task: what a task has to catch up with. */
export function backlogAgePerTask(queue: string, service: FargateService): IMetric {
  return perTask(
    new Metric({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensionsMap: { QueueName: queue },
      statistic: Stats.MAXIMUM,
      period: MINUTE,
    }),
    service,
  );
}

/** How far the readers of a stream are behind, in seconds, per task. */
export function lagPerTask(stream: string, service: FargateService): IMetric {
  const behind = new Metric({
    namespace: 'AWS/Kinesis',
    metricName: 'GetRecords.IteratorAgeMilliseconds',
    dimensionsMap: { StreamName: stream },
    statistic: Stats.MAXIMUM,
    period: MINUTE,
  });
  return perTask(behind, service, 1_000);
}

function perTask(metric: IMetric, service: FargateService, unit = 1): MathExpression {
  return new MathExpression({
    expression: `(behind / ${unit}) / MAX([tasks, 1])`,
    period: MINUTE,
    usingMetrics: {
      behind: metric,
      tasks: runningTasks(service),
    },
  });
}

const runningTasks = (service: FargateService): Metric =>
  new Metric({
    namespace: 'ECS/ContainerInsights',
    metricName: 'RunningTaskCount',
    dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
    statistic: Stats.AVERAGE,
    period: MINUTE,
  });

/** Seconds per task: fewer than the first and a task may go, more than the others and so many come. */
export function scaleOnAge(count: ScalableTaskCount, id: string, metric: IMetric): void {
  count.scaleOnMetric(id, {
    metric,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    scalingSteps: [
      { upper: 1, change: -1 },
      { lower: 10, change: 1 },
      { lower: 30, change: 3 },
      { lower: 120, change: 8 },
    ],
    metricAggregationType: MetricAggregationType.MAXIMUM,
    cooldown: Duration.minutes(1),
    evaluationPeriods: 1,
  });
}
