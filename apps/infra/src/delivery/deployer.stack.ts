import { Duration, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, type IPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { DEPLOYER_ROLE } from '@lethe/delivery';
import type { Construct } from 'constructs';
import { Grants } from '../permissions/grants.js';
import { deployRoleName } from './delivery-stack.js';
import type { DeliveryDefinition, DeliveryStage } from './delivery.js';
import { githubJob, knowGithub } from './github.js';
import { deployGrants } from './step-grants.js';

/** In the account of a stage: the role in which steps of a deployment are taken there. */
export class DeployerStack extends Stack {
  constructor(
    scope: Construct,
    delivery: DeliveryDefinition,
    { name, account, region }: DeliveryStage,
    { issuerKnown }: { readonly issuerKnown: boolean },
  ) {
    super(scope, `lethe-delivery-${name}`, {
      description: `What takes commits to ${name}.`,
      env: { region, ...(account === undefined ? {} : { account }) },
      terminationProtection: true,
    });
    if (delivery.door === 'github') knowGithub(this, issuerKnown);
    const deployer = new Role(this, 'Deployer', {
      roleName: DEPLOYER_ROLE,
      description: 'Takes a commit to this stage: digests, stacks, migrations, switching over.',
      assumedBy: this.#whoMay(delivery, name),
      maxSessionDuration: Duration.hours(2),
    });
    new Grants(this, 'DeployerGrants', deployer, deployGrants(this));
  }

  #whoMay(delivery: DeliveryDefinition, stage: string): IPrincipal {
    if (delivery.door === 'github') return githubJob(this, delivery, stage);
    const account = delivery.account ?? this.account;
    return new ArnPrincipal(`arn:${this.partition}:iam::${account}:role/${deployRoleName(stage)}`);
  }
}
