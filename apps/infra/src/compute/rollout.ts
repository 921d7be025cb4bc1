import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EcsApplication, EcsDeploymentConfig, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { AlarmBehavior, type CfnService, type CfnTaskDefinition, type FargateService } from 'aws-cdk-lib/aws-ecs';
import { type ApplicationTargetGroup, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { store } from '@lethe/contracts';
import { workerName, webName } from '@lethe/delivery';
import { queueName, resourcesOf } from '@lethe/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { StageDefinition } from '../stages/stage.js';
import type { StoreBalancer } from './balancer.js';
import type { StoreService } from './store-service.js';

interface RolloutOptions {
  readonly service: StoreService;
  readonly balancer: StoreBalancer;
  readonly blue: ApplicationTargetGroup;
  readonly green: ApplicationTargetGroup;
  readonly stage: StageDefinition;
}

/** Answers of 500 and above in a minute, of either group, that end a deployment. */
const ERRORS_PER_MINUTE = 5;
/** Seconds: what a customer waits at most in 99 of 100 requests before a deployment ends. */
const P99_SECONDS = 1.5;

/** The alarms that take a deployment back: errors and slowness of old and new tasks alike. */
function rollbackAlarms(scope: Construct, groups: Readonly<Record<string, ApplicationTargetGroup>>): Alarm[] {
  return Object.entries(groups).flatMap(([color, group]) => [
    new Alarm(scope, `Errors${color}`, {
      alarmDescription: `Errors of ${color} tasks take a deployment back.`,
      metric: group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: Duration.minutes(1) }),
      threshold: ERRORS_PER_MINUTE,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
    new Alarm(scope, `Slow${color}`, {
      alarmDescription: `Slowness of ${color} tasks takes a deployment back.`,
      metric: group.metrics.targetResponseTime({ statistic: Stats.percentile(99), period: Duration.minutes(1) }),
      threshold: P99_SECONDS,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
  ]);
}

/**
 * A deployment of stacks registers definitions of tasks, and replaces no task: before that come migrations, and workers
 * come before those who send to them. So services name the family of their definitions, which never changes, instead of a
 * revision; old revisions stay, to be gone back to. With `-c tasks=none` there are no tasks at all: before the first
 * migration none could be ready.
 */
function replacedByThePipeline(scope: Construct, service: FargateService, family: string): void {
  const resource = service.node.findChild('Service') as CfnService;
  const definition = service.taskDefinition.node.defaultChild as CfnTaskDefinition;
  resource.addPropertyOverride('TaskDefinition', family);
  resource.addResourceDependency(definition);
  definition.applyRemovalPolicy(RemovalPolicy.RETAIN);
  if (scope.node.tryGetContext('tasks') === 'none') resource.addPropertyOverride('DesiredCount', 0);
}

/**
 * Workers come before those that they replace go, and both take from the same queue meanwhile. What new ones cannot handle
 * lies in the dead-letter queue in the end: as soon as it grows, ECS puts the old ones back, and what lies there is redriven.
 */
function watchWorkers(scope: Construct, { name, worker }: StoreService): void {
  const own = store.services.find((one) => one.name === name);
  const queue = resourcesOf(store).queues.find((one) => one.name === queueName(store.name, name, own?.queue));
  if (queue === undefined) return;
  const dead = new Metric({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensionsMap: { QueueName: queue.deadLetterQueue },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(1),
  });
  const alarm = new Alarm(scope, 'DeadLetters', {
    alarmName: `lethe-${name}-worker-rollback`,
    alarmDescription: `New workers of ${name} that fail on messages are taken back.`,
    // What lay there before is no fault of theirs.
    metric: new MathExpression({ expression: 'DIFF(dead)', usingMetrics: { dead }, period: Duration.minutes(1) }),
    threshold: 0,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  worker.enableDeploymentAlarms([alarm.alarmName], { behavior: AlarmBehavior.ROLLBACK_ON_ALARM });
  worker.node.addDependency(alarm);
}

/** How new tasks of a service take over (decision 39): workers beside the old ones, those behind the balancer by CodeDeploy. */
export function addRollout(scope: Construct, options: RolloutOptions): void {
  const { service, stage } = options;
  replacedByThePipeline(scope, service.web, webName(service.name));
  replacedByThePipeline(scope, service.worker, workerName(service.name));
  watchWorkers(scope, service);
  if (stage.rollout === 'canary') addBlueGreen(scope, options);
}

/**
 * Blue and green by CodeDeploy: a tenth of the requests for five minutes, then all of them; alarms and failures take it
 * back, and the old tasks stay for as long as somebody may want them back.
 */
function addBlueGreen(scope: Construct, { service, balancer, blue, green }: RolloutOptions): void {
  const name = webName(service.name);
  const application = new EcsApplication(scope, 'Application', { applicationName: name });
  const group = new EcsDeploymentGroup(scope, 'Deployments', {
    application,
    deploymentGroupName: name,
    service: service.web,
    deploymentConfig: EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    blueGreenDeploymentConfig: {
      blueTargetGroup: blue,
      greenTargetGroup: green,
      listener: balancer.listener,
      testListener: balancer.testListener,
      terminationWaitTime: Duration.minutes(15),
    },
    alarms: rollbackAlarms(scope, { Blue: blue, Green: green }),
    autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
  });
  acknowledge(
    group,
    [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AWSCodeDeployRoleForECS]`],
    'What CodeDeploy does to a service of ECS is its own; AWS keeps the policy in step with it.',
  );
}
