import { Duration } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import {
  Capability,
  type ContainerDefinition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  AwsLogDriverMode,
  OperatingSystemFamily,
  Secret as EcsSecret,
} from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { TaskSize } from '../stages/stage.js';
import { PORT, TASK_LIMITS } from './task-limits.js';

/** The user `node` of the image. */
const USER = '1000:1000';

export interface ServiceTaskOptions {
  readonly family: string;
  readonly size: Pick<TaskSize, 'cpu' | 'memoryMb'>;
  readonly repository: IRepository;
  /** `sha256:…` of the image. */
  readonly digest: string;
  readonly taskRole: IRole;
  readonly executionRole: IRole;
  readonly logGroup: ILogGroup;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: ReadonlyMap<string, ISecret>;
  /** In place of the image's own. */
  readonly command?: readonly string[];
}

/**
 * A task of one container, on ARM64: nothing of its file system can be written but `/tmp`, it runs as nobody in particular,
 * and without capabilities. Fargate lets no task be privileged, and gives it a kernel of its own.
 */
export function serviceTask(scope: Construct, id: string, options: ServiceTaskOptions): FargateTaskDefinition {
  const { family, size, taskRole, executionRole } = options;
  const task = new FargateTaskDefinition(scope, id, {
    family,
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMb,
    runtimePlatform: {
      cpuArchitecture: CpuArchitecture.ARM64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
    taskRole,
    executionRole,
    volumes: [{ name: 'tmp' }],
  });
  acknowledge(
    task,
    ['AwsSolutions-ECS2'],
    'These variables say where things are; what is secret comes from Secrets Manager.',
  );
  const container = addContainer(scope, id, task, options);
  container.addMountPoints({ containerPath: '/tmp', sourceVolume: 'tmp', readOnly: false });
  return task;
}

function addContainer(
  scope: Construct,
  id: string,
  task: FargateTaskDefinition,
  { repository, digest, logGroup, environment, secrets, command }: ServiceTaskOptions,
): ContainerDefinition {
  const linuxParameters = new LinuxParameters(scope, `${id}Linux`, { initProcessEnabled: false });
  linuxParameters.dropCapabilities(Capability.ALL);
  return task.addContainer('service', {
    image: ContainerImage.fromRegistry(repository.repositoryUriForDigest(digest)),
    essential: true,
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters,
    stopTimeout: Duration.seconds(TASK_LIMITS.stop),
    environment: { ...environment },
    // By ARN: ECS would else write the role into the policy of the key, whose stack would then depend on this one.
    secrets: Object.fromEntries(
      [...secrets].map(([variable, { secretArn }]) => [
        variable,
        EcsSecret.fromSecretsManager(Secret.fromSecretCompleteArn(task, variable, secretArn)),
      ]),
    ),
    // Logs that cannot be delivered are dropped, rather than that requests wait for them.
    logging: LogDriver.awsLogs({ streamPrefix: 'service', logGroup, mode: AwsLogDriverMode.NON_BLOCKING }),
    ...(command === undefined
      ? {
          portMappings: [{ containerPort: PORT, name: 'http' }],
          healthCheck: {
            command: ['CMD', 'node', '-e', LIVE],
            interval: Duration.seconds(10),
            timeout: Duration.seconds(5),
            retries: 3,
            startPeriod: Duration.seconds(30),
          },
        }
      : { command: [...command] }),
  });
}

/** Alive, not ready: a dependency that is down must not restart tasks (R09). */
const LIVE = `fetch('http://127.0.0.1:${PORT}/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
