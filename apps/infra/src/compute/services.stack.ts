import { Tags } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { type ServiceResource, store, storeServices } from '@lethe/contracts';
import { queueName, resourcesOf, streamName } from '@lethe/topology';
import type { Construct } from 'constructs';
import type { DataStack } from '../data/data.stack.js';
import type { StoreKeys } from '../data/keys.stack.js';
import type { IssuingPool } from '../identity/identity.stack.js';
import { Arns } from '../permissions/arns.js';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { StoreBalancer, targetGroup } from './balancer.js';
import { addRollout } from './rollout.js';
import { backlogAgePerTask, lagPerTask, scaleOnAge, scaleOnRequests } from './scaling.js';
import { internalName } from './service-environment.js';
import { StoreService } from './store-service.js';

export interface ServicesOptions {
  readonly vpc: IVpc;
  readonly data: DataStack;
  readonly keys: StoreKeys;
  readonly userPool?: IssuingPool | undefined;
}

/** The services in their containers, and the balancer before them. Nothing in here remembers anything. */
export class ServicesStack extends StoreStack {
  readonly balancer: StoreBalancer;
  readonly cluster: Cluster;
  readonly services: StoreService[] = [];
  readonly #schedulesRole: Role;

  constructor(
    scope: Construct,
    stage: StageDefinition,
    private readonly options: ServicesOptions,
  ) {
    super(scope, 'services', stage, { description: 'Services of the store, in containers.', stateful: false });
    const { vpc, data } = options;
    this.cluster = new Cluster(this, 'Cluster', {
      clusterName: 'lethe',
      vpc,
      containerInsightsV2: ContainerInsights.ENHANCED,
      enableFargateCapacityProviders: true,
    });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: stage.hostedZone.id,
      zoneName: stage.hostedZone.name,
    });
    const certificate = new Certificate(this, 'Certificate', {
      domainName: stage.domain,
      subjectAlternativeNames: [internalName(stage.domain)],
      validation: CertificateValidation.fromDns(zone),
    });
    this.balancer = new StoreBalancer(this, 'Edge', {
      vpc,
      certificate,
      accessLogs: data.accessLogs,
      guarded: stage.guarded,
    });
    new ARecord(this, 'Internal', {
      zone,
      recordName: `${internalName(stage.domain)}.`,
      target: RecordTarget.fromAlias(new LoadBalancerTarget(this.balancer.balancer)),
    });
    this.#schedulesRole = this.#makeSchedulesRole();
    for (const service of storeServices) this.#addService(service);
  }

  #addService(service: ServiceResource): void {
    const { vpc, data, keys, userPool } = this.options;
    const made = new StoreService(this, service.name, {
      service,
      stage: this.definition,
      cluster: this.cluster,
      vpc,
      data,
      keys,
      userPool,
      schedulesRoleArn: this.#schedulesRole.roleArn,
    });
    const blue = targetGroup(made, 'Blue', vpc);
    const green = targetGroup(made, 'Green', vpc);
    blue.addTarget(made.web);
    this.balancer.route(service, blue, green);
    addRollout(made, { service: made, balancer: this.balancer, blue, green, stage: this.definition });
    this.#scale(made, service);
    scaleOnRequests(
      made.web.autoScaleTaskCount({
        minCapacity: this.definition.services.least,
        maxCapacity: this.definition.services.most,
      }),
      made.web,
      { blue, green },
    );
    Tags.of(made).add('service', service.name);
    this.services.push(made);
  }

  /** Tasks that only work off messages and records come and go with what waits for them. */
  #scale({ worker }: StoreService, { name }: ServiceResource): void {
    const count = worker.autoScaleTaskCount({
      minCapacity: this.definition.workers.least,
      maxCapacity: this.definition.workers.most,
    });
    const own = store.services.find((one) => one.name === name);
    const queue = queueName(store.name, name, own?.queue);
    if (resourcesOf(store).queues.some((one) => one.name === queue))
      scaleOnAge(count, 'Backlog', backlogAgePerTask(queue, worker));
    for (const stream of own?.reads ?? [])
      scaleOnAge(count, `Lag-${stream.name}`, lagPerTask(streamName(store.name, stream), worker));
  }

  /** The role in which EventBridge Scheduler sends the commands of schedules. */
  #makeSchedulesRole(): Role {
    const role = new Role(this, 'SchedulesRole', {
      roleName: 'lethe-schedules',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
      description: 'Sends the commands of schedules to the queues of their services.',
    });
    const orders = queueName(store.name, 'orders');
    new Grants(this, 'SchedulesGrants', role, [
      {
        actions: ['sqs:SendMessage'],
        resources: [new Arns(this).queue(orders)],
        because: 'sends commands when they are due',
      },
      keyGrant(this, this.options.keys.messages.keyArn, ['sqs'], 'messages are encrypted'),
    ]);
    return role;
  }
}
