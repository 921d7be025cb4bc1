import { FlowLogDestination, FlowLogTrafficType, IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { addEndpoints } from './endpoints.js';
import { NETWORK_CIDR } from './subnets.js';

/**
 * A network over three zones. What is in the inner subnets has no way out but the endpoints of AWS's services; only tasks
 * that call the payment provider and the like are in subnets with NAT.
 */
export class NetworkStack extends StoreStack {
  readonly vpc: Vpc;

  constructor(scope: Construct, stage: StageDefinition, logsKey: IKey) {
    super(scope, 'network', stage, {
      description: 'Network of the store: zones, subnets, endpoints.',
      stateful: false,
    });
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(NETWORK_CIDR),
      availabilityZones: [...stage.zones],
      natGateways: stage.natGateways,
      subnetConfiguration: [
        { name: 'edge', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
        { name: 'egress', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'inner', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
    });
    const logGroup = new LogGroup(this, 'FlowLogs', {
      encryptionKey: logsKey,
      retention: retentionOf(stage),
      removalPolicy: this.dataRemoval,
    });
    this.vpc.addFlowLog('Flow', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
    addEndpoints(this.vpc);
    acknowledge(
      this,
      ['CloudFormation-Validate::W3010'],
      'Zones are declared by the stage, so that nothing is looked up.',
    );
  }
}
