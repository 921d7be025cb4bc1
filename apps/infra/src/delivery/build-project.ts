import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type BuildSpec, Cache, ComputeType, LinuxArmBuildImage, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { Grant } from '../permissions/grant.js';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { deployRoleName } from './delivery-stack.js';
import type { DeliveryDefinition } from './delivery.js';
import type { ImagesStack } from './images.stack.js';
import { objects } from './step-grants.js';

interface BuildProjectOptions {
  readonly delivery: DeliveryDefinition;
  readonly images: ImagesStack;
  readonly spec: BuildSpec;
  readonly variables?: Readonly<Record<string, string>>;
  /** Beyond fetching the sources, and handing on what it makes. */
  readonly grants: readonly Grant[];
  readonly hours: number;
  /** Whether it runs Docker. */
  readonly docker?: boolean;
}

/** A step of the pipeline, on ARM64 as what it builds, in a role of its own. */
export class BuildProject extends Construct {
  readonly project: PipelineProject;

  constructor(
    scope: Construct,
    readonly step: string,
    options: BuildProjectOptions,
  ) {
    super(scope, `Step-${step}`);
    const { images, spec, variables = {}, hours, docker = false } = options;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/lethe/delivery/${step}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      roleName: deployRoleName(step),
      description: `The step ${step} of the pipeline.`,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    this.#grant(role, logGroup, options);
    this.project = new PipelineProject(this, 'Project', {
      projectName: `lethe-${step}`,
      role: role.withoutPolicyUpdates(),
      buildSpec: spec,
      encryptionKey: images.key,
      grantReportGroupPermissions: false,
      logging: { cloudWatch: { logGroup } },
      timeout: Duration.hours(hours),
      cache: Cache.bucket(images.records, { prefix: 'cache' }),
      environment: {
        buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
        computeType: ComputeType.LARGE,
        privileged: docker,
        environmentVariables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }])),
      },
    });
    if (docker)
      acknowledge(this.project, ['AwsSolutions-CB3'], 'This step builds images, for which Docker has to run in it.');
  }

  #grant(role: Role, logGroup: LogGroup, { delivery, images, grants }: BuildProjectOptions): void {
    new Grants(this, 'Grants', role, [
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
        because: 'writes what it prints',
      },
      {
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [objects(Stack.of(this), 'lethe/'), objects(Stack.of(this), 'cache/')],
        because: 'takes what steps before it made, hands on what it makes, and keeps what need not be made again',
      },
      keyGrant(this, images.key.keyArn, ['s3', 'ecr'], 'artifacts and images are encrypted'),
      {
        actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
        resources: [delivery.connectionArn],
        because: 'clones the repository with its history, which nx compares with',
      },
      ...grants,
    ]);
  }
}
