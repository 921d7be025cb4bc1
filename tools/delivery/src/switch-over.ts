import { CreateDeploymentCommand, type CodeDeployClient, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { type ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { RolloutFailedError } from './delivery.errors.js';
import { CLUSTER, CONTAINER } from './names.js';
import { type Patience, until } from './patience.js';
import { type Running, describe } from './running.js';

export interface Switching {
  readonly ecs: ECSClient;
  readonly codedeploy: CodeDeployClient;
  readonly patience: Patience;
}

/** Seconds: a canary of five minutes, a quarter of an hour for which the old tasks stay, and time for both to start. */
const SWITCH_SECONDS = 3_600;

/** Has a service run a task definition in place of the one it runs, by whoever replaces its tasks. Throws a {@link RolloutFailedError}. */
export function switchOver(running: Running, target: string, how: Switching): Promise<void> {
  return running.controller === 'CODE_DEPLOY' ? blueGreen(running, target, how) : rolling(running, target, how);
}

/**
 * New tasks come before old ones go. Both take from the same queues meanwhile: a message is taken by one of them; one that
 * goes finishes what it has within its drain, and what it cannot is visible to others again; what is done twice takes
 * effect once. Nothing is handed over, thus nothing can be lost in between.
 */
async function rolling(
  { service, name }: Running,
  taskDefinition: string,
  { ecs, patience }: Switching,
): Promise<void> {
  await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: name, taskDefinition }));
  await until(`the roll-out of ${name}`, SWITCH_SECONDS, patience, async () => {
    const { deployments = [] } = await describe(ecs, service, name);
    const ours = deployments.find((one) => one.taskDefinition === taskDefinition);
    // ECS has put the old ones back: by its circuit breaker, or by an alarm.
    if (ours === undefined || ours.rolloutState === 'FAILED')
      throw new RolloutFailedError(name, ours?.rolloutStateReason ?? 'the old tasks were put back');
    return ours.status === 'PRIMARY' && ours.rolloutState === 'COMPLETED' ? true : undefined;
  });
}

/** A tenth of the requests first, as the deployment group has it; its alarms take it back. */
async function blueGreen(
  { name }: Running,
  taskDefinition: string,
  { codedeploy, patience }: Switching,
): Promise<void> {
  const { deploymentId } = await codedeploy.send(
    new CreateDeploymentCommand({
      applicationName: name,
      deploymentGroupName: name,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(taskDefinition) } },
    }),
  );
  await until(`the deployment of ${name}`, SWITCH_SECONDS, patience, async () => {
    const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }));
    const { status, errorInformation, rollbackInfo } = deploymentInfo ?? {};
    if (status === 'Failed' || status === 'Stopped')
      throw new RolloutFailedError(
        name,
        `${errorInformation?.code ?? status} ${errorInformation?.message ?? ''} ${rollbackInfo?.rollbackMessage ?? ''}`.trim(),
      );
    return status === 'Succeeded' ? true : undefined;
  });
}

/** What CodeDeploy is told of ECS. Source: "AppSpec 'resources' section for Amazon ECS deployments". */
export function appSpec(taskDefinition: string): string {
  return JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: taskDefinition,
            LoadBalancerInfo: { ContainerName: CONTAINER.name, ContainerPort: CONTAINER.port },
          },
        },
      },
    ],
  });
}
