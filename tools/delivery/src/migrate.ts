import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  type NetworkConfiguration,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { MigrationFailedError } from './delivery.errors.js';
import { CLUSTER, migrationName, workerName } from './names.js';
import { type Patience, until } from './patience.js';

/** Seconds that a migration may take: one that rewrites a large table is done in steps. */
const MIGRATION_SECONDS = 1_800;

/**
 * Runs the newest step before a deployment of a service as a task of its own, and waits for its end. It only adds: what
 * runs goes on with the new tables. Throws a {@link MigrationFailedError}.
 */
export async function migrate(ecs: ECSClient, service: string, patience: Patience): Promise<void> {
  const { tasks = [], failures = [] } = await ecs.send(
    new RunTaskCommand({
      cluster: CLUSTER,
      taskDefinition: migrationName(service),
      launchType: 'FARGATE',
      networkConfiguration: await networkOf(ecs, service),
      startedBy: 'lethe-delivery',
    }),
  );
  const arn = tasks[0]?.taskArn;
  if (arn === undefined) throw new MigrationFailedError(service, failures[0]?.reason ?? 'no task was started');
  const ended = await until(`the migration of ${service}`, MIGRATION_SECONDS, patience, async () => {
    const { tasks: found = [] } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] }));
    return found[0]?.lastStatus === 'STOPPED' ? found[0] : undefined;
  });
  const code = ended.containers?.[0]?.exitCode;
  if (code !== 0)
    throw new MigrationFailedError(service, `exit code ${code ?? 'none'}, ${ended.stoppedReason ?? 'no reason given'}`);
}

/** It runs where the workers do, who reach the same database. */
async function networkOf(ecs: ECSClient, service: string): Promise<NetworkConfiguration> {
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: CLUSTER, services: [workerName(service)] }),
  );
  const network = services[0]?.networkConfiguration;
  if (network === undefined) throw new MigrationFailedError(service, `there is no service ${workerName(service)}`);
  return network;
}
