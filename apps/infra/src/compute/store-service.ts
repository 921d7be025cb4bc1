import { Duration, Stack, Tags } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  type Cluster,
  DeploymentControllerType,
  FargatePlatformVersion,
  FargateService,
  type FargateTaskDefinition,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ServiceResource, serviceAccess } from '@lethe/contracts';
import { Construct } from 'constructs';
import type { DataStack } from '../data/data.stack.js';
import type { StoreKeys } from '../data/keys.stack.js';
import { storeSecrets } from '../data/secrets.js';
import type { IssuingPool } from '../identity/identity.stack.js';
import { UnknownResourceError } from '../infra.errors.js';
import { NETWORK_CIDR, SUBNETS } from '../network/subnets.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import { deployedImage } from './deployed-images.js';
import { executionRole } from './execution-role.js';
import { serviceEnvironment } from './service-environment.js';
import { migrationRole, serviceRole } from './service-role.js';
import { type ServiceTaskOptions, serviceTask } from './service-task.js';
import { PORT } from './task-limits.js';

export interface StoreServiceOptions {
  readonly service: ServiceResource;
  readonly stage: StageDefinition;
  readonly cluster: Cluster;
  readonly vpc: IVpc;
  readonly data: DataStack;
  readonly keys: StoreKeys;
  readonly userPool?: IssuingPool | undefined;
  readonly schedulesRoleArn: string;
}

/** Long enough that a replica that is slow to connect is not taken for dead. */
const GRACE = Duration.seconds(60);

/**
 * One service of the store, from one image: tasks behind the balancer, tasks on Spot that only work off messages and
 * records, and the step before a deployment. All three read the same configuration.
 */
export class StoreService extends Construct {
  readonly web: FargateService;
  readonly worker: FargateService;
  readonly migration: FargateTaskDefinition;
  readonly logGroup: LogGroup;
  readonly name: string;
  readonly #options: StoreServiceOptions;
  readonly #access: SecurityGroup;
  readonly #groups: readonly ISecurityGroup[];
  #clientSecret: ISecret | undefined;

  constructor(scope: Construct, id: string, options: StoreServiceOptions) {
    super(scope, id);
    this.#options = options;
    const { service, stage, vpc, keys } = options;
    this.name = service.name;
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/lethe/${this.name}`,
      encryptionKey: keys.logs,
      retention: retentionOf(stage),
    });
    this.#access = new SecurityGroup(this, 'Access', {
      vpc,
      description: `Tasks of ${this.name}.`,
      allowAllOutbound: false,
    });
    this.#access.addIngressRule(Peer.ipv4(NETWORK_CIDR), Port.tcp(PORT), 'the balancer');
    // S3 and DynamoDB are behind gateways, at addresses of the world. Inner subnets have no way to any others.
    this.#access.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'AWS, the balancer, and the payment provider');
    this.#groups = this.#securityGroups();
    const common = this.#common();
    const web = serviceTask(this, 'Web', { ...common, family: `lethe-${this.name}`, size: stage.services });
    const worker = serviceTask(this, 'Worker', {
      ...common,
      family: `lethe-${this.name}-worker`,
      size: stage.workers,
    });
    this.web = this.#webService(web);
    this.worker = this.#workerService(worker);
    this.migration = this.#migrationTask(common);
    Tags.of(this).add('service', this.name);
  }

  #common(): Omit<ServiceTaskOptions, 'family' | 'size'> {
    const { service, stage, data, keys, userPool, schedulesRoleArn } = this.#options;
    const stack = Stack.of(this);
    const image = deployedImage(this, service.name);
    const secrets = this.#secrets(false);
    const role = serviceRole(this, stack, this.#roleOptions());
    const start = executionRole(this, stack, {
      service: service.name,
      repository: image.repository,
      logGroup: this.logGroup,
      secrets: [...this.#secrets(true).values()],
      secretsKey: keys.secrets,
    });
    return {
      ...image,
      taskRole: role.withoutPolicyUpdates(),
      executionRole: start.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      environment: serviceEnvironment(this, {
        service: service.name,
        stage,
        databaseHost: data.database.proxy.endpoint,
        userPool,
        schedulesRoleArn,
      }),
      secrets,
    };
  }

  #roleOptions() {
    const { service, stage, data, keys, userPool } = this.#options;
    return {
      service: service.name,
      keys,
      proxyArn: data.database.proxy.dbProxyArn,
      mailDomain: stage.domain,
      userPoolArn: userPool?.arn,
    };
  }

  /** Variables that are secrets; the step before a deployment may read some that no replica does. */
  #secrets(migration: boolean): ReadonlyMap<string, ISecret> {
    const { data } = this.#options;
    const mine = storeSecrets.filter(
      ({ readers, migrationOnly }) => readers.includes(this.name) && (migration || migrationOnly !== true),
    );
    const found = mine.map(({ name, variable }): [string, ISecret] => {
      const secret = data.secrets.get(name);
      if (secret === undefined) throw new UnknownResourceError('secret', name);
      return [variable, secret];
    });
    return new Map([...found, ['VALKEY_URL', data.cache.url], ...this.#poolSecret()]);
  }

  /** Only auth signs users up and in. */
  #poolSecret(): readonly [string, ISecret][] {
    const { userPool } = this.#options;
    if (userPool === undefined || serviceAccess[this.name]?.userPool !== true) return [];
    this.#clientSecret ??= Secret.fromSecretCompleteArn(this, 'ClientSecret', userPool.clientSecretArn);
    return [['COGNITO_CLIENT_SECRET', this.#clientSecret]];
  }

  /** Its own, and those that the database and the cache let in. The latter are not this stack's to change. */
  #securityGroups(): ISecurityGroup[] {
    const { data } = this.#options;
    const member = (id: string, { securityGroupId }: ISecurityGroup): ISecurityGroup =>
      SecurityGroup.fromSecurityGroupId(this, id, securityGroupId, { mutable: false });
    return [this.#access, member('OfDatabase', data.database.clients), member('OfCache', data.cache.clients)];
  }

  #webService(taskDefinition: FargateTaskDefinition): FargateService {
    const { service, stage, cluster } = this.#options;
    const canary = stage.rollout === 'canary';
    return new FargateService(this, 'WebService', {
      serviceName: `lethe-${this.name}`,
      cluster,
      taskDefinition,
      desiredCount: stage.services.least,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1, base: 2 }],
      platformVersion: FargatePlatformVersion.VERSION1_4,
      availabilityZoneRebalancing: canary ? AvailabilityZoneRebalancing.DISABLED : AvailabilityZoneRebalancing.ENABLED,
      vpcSubnets: service.callsOut ? SUBNETS.egress : SUBNETS.inner,
      securityGroups: [...this.#groups],
      assignPublicIp: false,
      healthCheckGracePeriod: GRACE,
      enableExecuteCommand: false,
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
      ...(canary
        ? { deploymentController: { type: DeploymentControllerType.CODE_DEPLOY } }
        : { circuitBreaker: { enable: true, rollback: true } }),
    });
  }

  /** Replaced one by one: those that go finish what they have, those that come take the next; nothing is lost between. */
  #workerService(taskDefinition: FargateTaskDefinition): FargateService {
    const { service, stage, cluster } = this.#options;
    return new FargateService(this, 'WorkerService', {
      serviceName: `lethe-${this.name}-worker`,
      cluster,
      taskDefinition,
      desiredCount: stage.workers.least,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      platformVersion: FargatePlatformVersion.VERSION1_4,
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      vpcSubnets: service.callsOut ? SUBNETS.egress : SUBNETS.inner,
      securityGroups: [...this.#groups],
      assignPublicIp: false,
      enableExecuteCommand: false,
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
  }

  #migrationTask(common: Omit<ServiceTaskOptions, 'family' | 'size'>): FargateTaskDefinition {
    const { schedulesRoleArn } = this.#options;
    const role = migrationRole(this, Stack.of(this), this.#roleOptions(), schedulesRoleArn);
    return serviceTask(this, 'Migration', {
      ...common,
      family: `lethe-${this.name}-migrate`,
      size: { cpu: 256, memoryMb: 512 },
      taskRole: role.withoutPolicyUpdates(),
      secrets: this.#secrets(true),
      command: ['migrate.mjs'],
    });
  }
}
