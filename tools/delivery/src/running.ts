import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import { RolloutFailedError } from './delivery.errors.js';
import { CLUSTER } from './names.js';

/** What a service of ECS runs, and what it is to run. */
export interface Running {
  /** The service of the store. */
  readonly service: string;
  /** Of ECS; its task definitions are named alike. */
  readonly name: string;
  /** Who replaces its tasks. */
  readonly controller: 'CODE_DEPLOY' | 'ECS';
  readonly current: string;
  /** The newest that is registered: CloudFormation registers, and replaces no task. */
  readonly newest: string;
}

/** Looks at one service of ECS. */
export async function runningOf(ecs: ECSClient, service: string, name: string): Promise<Running> {
  const found = await describe(ecs, service, name);
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }));
  const newest = taskDefinition?.taskDefinitionArn;
  // CodeDeploy's services run sets of tasks: the one that customers reach is the primary one.
  const primary = found.taskSets?.find(({ status }) => status === 'PRIMARY')?.taskDefinition;
  const current = primary ?? found.taskDefinition;
  if (newest === undefined || current === undefined)
    throw new RolloutFailedError(service, `${name} has no task definition`);
  const controller = found.deploymentController?.type === 'CODE_DEPLOY' ? 'CODE_DEPLOY' : 'ECS';
  return { service, name, controller, current, newest };
}

/** A service of ECS as it is described. Throws a {@link RolloutFailedError} where there is none. */
export async function describe(ecs: ECSClient, service: string, name: string): Promise<Service> {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [name] }));
  const [found] = services;
  if (found === undefined) throw new RolloutFailedError(service, `there is no service ${name}`);
  return found;
}
