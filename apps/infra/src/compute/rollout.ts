import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EcsApplication, EcsDeploymentConfig, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { type ApplicationTargetGroup, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
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
 * Blue and green by CodeDeploy: a tenth of the requests for five minutes, then all of them; alarms and failures take it
 * back, and the old tasks stay for as long as somebody may want them back.
 */
export function addRollout(scope: Construct, { service, balancer, blue, green, stage }: RolloutOptions): void {
  if (stage.rollout !== 'canary') return;
  const application = new EcsApplication(scope, 'Application', { applicationName: `lethe-${service.name}` });
  const group = new EcsDeploymentGroup(scope, 'Deployments', {
    application,
    deploymentGroupName: `lethe-${service.name}`,
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
