import { SecretValue } from 'aws-cdk-lib';
import type { CfnUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { addAppClient } from './app-client.js';
import { addUserPool } from './user-pool.js';

/** What services have to know of the pool that issues their tokens. */
export interface IssuingPool {
  readonly id: string;
  readonly arn: string;
  readonly clientId: string;
  /** ARN of the secret that auth has as COGNITO_CLIENT_SECRET. */
  readonly clientSecretArn: string;
}

/** Users in Amazon Cognito: in stages whose `identityProvider` is `cognito`, and in no others. */
export class IdentityStack extends StoreStack {
  readonly pool: IssuingPool;

  constructor(scope: Construct, stage: StageDefinition, { secrets }: { readonly secrets: IKey }) {
    super(scope, 'identity', stage, { description: 'Users of the store, in Amazon Cognito.', stateful: true });
    const pool = addUserPool(this, stage, this.dataRemoval);
    const client = addAppClient(this, pool);
    const { attrClientSecret } = client.node.defaultChild as CfnUserPoolClient;
    const secret = new Secret(this, 'ClientSecret', {
      secretName: 'lethe/auth/cognito-client-secret',
      description: 'Secret of the app client by which auth signs users up and in.',
      encryptionKey: secrets,
      secretStringValue: SecretValue.resourceAttribute(attrClientSecret),
      removalPolicy: this.dataRemoval,
    });
    acknowledge(
      secret,
      ['AwsSolutions-SMG4'],
      'Cognito makes it with the app client: a new one is a second client, whose id auth is told with the first.',
    );
    this.pool = {
      id: pool.userPoolId,
      arn: pool.userPoolArn,
      clientId: client.userPoolClientId,
      clientSecretArn: secret.secretArn,
    };
  }
}
