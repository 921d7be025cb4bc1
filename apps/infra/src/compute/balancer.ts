import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationProtocolVersion,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ServiceResource } from '@lethe/contracts';
import { Construct } from 'constructs';
import { NETWORK_CIDR, SUBNETS } from '../network/subnets.js';
import { PORT, TASK_LIMITS } from './task-limits.js';

interface StoreBalancerOptions {
  readonly vpc: IVpc;
  readonly certificate: ICertificate;
  readonly accessLogs: IBucket;
  readonly guarded: boolean;
}

/** Where a deployment looks at new tasks before customers do. */
const TEST_PORT = 8443;
/** An ALB takes five paths in a condition. */
const MOST_PATHS = 5;

/**
 * The one balancer, inside the network: CloudFront comes to it through the network's own address, and services reach each
 * other by it. Requests go to whichever task has the fewest: nothing is sticky (R30).
 */
export class StoreBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  readonly testListener: ApplicationListener;
  #priority = 0;

  constructor(scope: Construct, id: string, options: StoreBalancerOptions) {
    super(scope, id);
    const { vpc, certificate, accessLogs, guarded } = options;
    const access = new SecurityGroup(this, 'Access', {
      vpc,
      description: 'The balancer.',
      allowAllOutbound: false,
    });
    access.addIngressRule(
      Peer.ipv4(NETWORK_CIDR),
      Port.HTTPS,
      'CloudFront, services and functions, inside the network',
    );
    access.addIngressRule(Peer.ipv4(NETWORK_CIDR), Port.tcp(TEST_PORT), 'checks of a deployment');
    access.addEgressRule(Peer.ipv4(NETWORK_CIDR), Port.tcp(PORT), 'tasks of services');
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      loadBalancerName: 'lethe',
      vpc,
      vpcSubnets: SUBNETS.inner,
      internetFacing: false,
      securityGroup: access,
      http2Enabled: true,
      idleTimeout: Duration.seconds(TASK_LIMITS.balancerIdle),
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      deletionProtection: guarded,
    });
    this.balancer.logAccessLogs(accessLogs, 'balancer');
    this.listener = this.#listener('Https', 443, certificate);
    this.testListener = this.#listener('Test', TEST_PORT, certificate);
  }

  /** Sends what is under a service's paths to it; with a second group for tasks that a deployment tries out. */
  route(service: ServiceResource, blue: ApplicationTargetGroup, green: ApplicationTargetGroup): void {
    const conditions = [
      ListenerCondition.pathPatterns(service.paths.flatMap((path) => [path, `${path}/*`]).slice(0, MOST_PATHS)),
    ];
    const rest = service.paths.flatMap((path) => [path, `${path}/*`]).slice(MOST_PATHS);
    for (const [listener, group] of [
      [this.listener, blue],
      [this.testListener, green],
    ] as const) {
      this.#priority += 2;
      listener.addAction(service.name, {
        priority: this.#priority,
        conditions,
        action: ListenerAction.forward([group]),
      });
      if (rest.length > 0)
        listener.addAction(`${service.name}-more`, {
          priority: this.#priority + 1,
          conditions: [ListenerCondition.pathPatterns(rest)],
          action: ListenerAction.forward([group]),
        });
    }
  }

  #listener(id: string, port: number, certificate: ICertificate): ApplicationListener {
    return this.balancer.addListener(id, {
      port,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      open: false,
      defaultAction: ListenerAction.fixedResponse(404, {
        contentType: 'application/json',
        messageBody: JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404 }),
      }),
    });
  }
}

/** Tasks that may be sent requests: ready ones, until they drain. */
export function targetGroup(scope: Construct, id: string, vpc: IVpc): ApplicationTargetGroup {
  return new ApplicationTargetGroup(scope, id, {
    vpc,
    targetType: TargetType.IP,
    port: PORT,
    protocol: ApplicationProtocol.HTTP,
    protocolVersion: ApplicationProtocolVersion.HTTP1,
    loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    deregistrationDelay: Duration.seconds(TASK_LIMITS.deregistration),
    healthCheck: {
      path: '/health/ready',
      healthyHttpCodes: '200',
      interval: Duration.seconds(5),
      timeout: Duration.seconds(3),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
    },
  });
}
