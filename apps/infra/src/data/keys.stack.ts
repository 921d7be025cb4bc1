import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';

/** What keys encrypt: whoever may read logs may not therefore read orders. */
const PURPOSES = {
  data: 'Databases, tables and caches of the store.',
  messages: 'Queues, topics and streams of the store.',
  objects: 'Files of the store, and the lake.',
  secrets: 'Secrets of the store.',
  logs: 'Logs of the store.',
} as const;

type KeyPurpose = keyof typeof PURPOSES;
export type StoreKeys = Readonly<Record<KeyPurpose, Key>>;

/** A key per purpose, rotated every year by KMS. */
export class KeysStack extends StoreStack {
  readonly keys: StoreKeys;

  constructor(scope: Construct, stage: StageDefinition) {
    super(scope, 'keys', stage, { description: 'Keys of the store, one per purpose.', stateful: true });
    const make = (purpose: KeyPurpose): Key =>
      new Key(this, purpose, {
        alias: `lethe/${purpose}`,
        description: PURPOSES[purpose],
        enableKeyRotation: true,
        removalPolicy: this.dataRemoval,
      });
    this.keys = {
      data: make('data'),
      messages: make('messages'),
      objects: make('objects'),
      secrets: make('secrets'),
      logs: make('logs'),
    };
    this.#letServicesUseThem();
  }

  /** Services of AWS that encrypt by themselves, and only for this account. */
  #letServicesUseThem(): void {
    const { account, region } = Stack.of(this);
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': account } };
    const grant = (purpose: KeyPurpose, service: string, conditions: Record<string, Record<string, string>>): void => {
      this.keys[purpose].addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal(service)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
          conditions,
        }),
      );
    };
    grant('messages', 'sns.amazonaws.com', ofThisAccount);
    grant('messages', 's3.amazonaws.com', ofThisAccount);
    grant('messages', 'cloudwatch.amazonaws.com', ofThisAccount);
    grant('messages', 'events.amazonaws.com', ofThisAccount);
    grant('objects', 'cloudfront.amazonaws.com', ofThisAccount);
    this.keys.logs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
        ],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:*` } },
      }),
    );
  }
}
