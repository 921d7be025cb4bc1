import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService as Service,
  Peer,
  Port,
  SecurityGroup,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { NETWORK_CIDR, SUBNETS } from './subnets.js';

/** What tasks, functions and their agents call in AWS; each by an endpoint inside the network. */
export const INTERFACE_ENDPOINTS = {
  sqs: Service.SQS,
  sns: Service.SNS,
  kinesis: Service.KINESIS_STREAMS,
  states: Service.STEP_FUNCTIONS,
  'cognito-idp': Service.COGNITO_IDP,
  email: Service.EMAIL,
  secretsmanager: Service.SECRETS_MANAGER,
  kms: Service.KMS,
  'ecr.api': Service.ECR,
  'ecr.dkr': Service.ECR_DOCKER,
  logs: Service.CLOUDWATCH_LOGS,
  monitoring: Service.CLOUDWATCH_MONITORING,
  xray: Service.XRAY,
  sts: Service.STS,
  scheduler: new Service('scheduler'),
} as const;

/** Endpoints for calls to AWS; those of S3 and DynamoDB cost nothing. */
export function addEndpoints(vpc: Vpc): void {
  vpc.addGatewayEndpoint('s3', { service: GatewayVpcEndpointAwsService.S3 });
  vpc.addGatewayEndpoint('dynamodb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
  const securityGroup = new SecurityGroup(vpc, 'EndpointAccess', {
    vpc,
    description: 'HTTPS from inside the network to the endpoints of AWS.',
    allowAllOutbound: false,
  });
  securityGroup.addIngressRule(Peer.ipv4(NETWORK_CIDR), Port.HTTPS, 'HTTPS from inside the network');
  for (const [id, service] of Object.entries(INTERFACE_ENDPOINTS)) {
    vpc.addInterfaceEndpoint(id, {
      service,
      subnets: SUBNETS.inner,
      securityGroups: [securityGroup],
      open: false,
      privateDnsEnabled: true,
    });
  }
}
