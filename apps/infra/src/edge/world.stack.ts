import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { addFirewall } from './firewall.js';

/** Where CloudFront looks for certificates and firewalls, wherever the store is. */
const REGION = 'us-east-1';

/** What CloudFront needs in us-east-1. */
export class WorldStack extends StoreStack {
  readonly certificate: Certificate;
  readonly firewallArn: string;

  constructor(scope: Construct, stage: StageDefinition) {
    super(scope, 'world', stage, {
      description: 'Certificate and firewall of CloudFront.',
      stateful: false,
      region: REGION,
    });
    const { id, name } = stage.hostedZone;
    this.certificate = new Certificate(this, 'Certificate', {
      domainName: stage.domain,
      validation: CertificateValidation.fromDns(
        HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: id, zoneName: name }),
      ),
    });
    this.firewallArn = addFirewall(this).attrArn;
  }
}
