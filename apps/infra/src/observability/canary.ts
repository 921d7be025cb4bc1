import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ArtifactsEncryptionMode, Canary, Code, Runtime, Schedule, Test } from 'aws-cdk-lib/aws-synthetics';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { readableArn } from '../permissions/readable-arn.js';
import type { StageDefinition } from '../stages/stage.js';
import type { Symptom } from './alarms.js';

const NAME = 'lethe-buys';
const EVERY = Duration.minutes(5);
const SCRIPT = join(import.meta.dirname, 'canary', 'buy.cjs');

interface CanaryOptions {
  readonly stage: StageDefinition;
  readonly secretsKey: IKey;
  readonly removal: RemovalPolicy;
}

/** A customer that buys something every few minutes, from outside, and tells when it could not. */
export class BuyingCanary extends Construct {
  readonly canary: Canary;

  constructor(scope: Construct, id: string, { stage, secretsKey, removal }: CanaryOptions) {
    super(scope, id);
    const account = new Secret(this, 'Account', {
      secretName: 'lethe/canary',
      description: 'The account of the canary; in production put a paymentToken that charges the store itself.',
      encryptionKey: secretsKey,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ email: `canary@${stage.domain}`, paymentToken: 'tok_visa' }),
        generateStringKey: 'password',
        passwordLength: 40,
        excludePunctuation: true,
      },
    });
    acknowledge(
      account,
      ['AwsSolutions-SMG4'],
      'The account can do nothing but buy; its password is read at every run.',
    );
    const artifacts = this.#artifacts(removal);
    const role = this.#role(account, secretsKey, artifacts);
    this.canary = new Canary(this, 'Canary', {
      canaryName: NAME,
      runtime: Runtime.SYNTHETICS_NODEJS_PUPPETEER_13_0,
      test: Test.custom({ code: Code.fromInline(readFileSync(SCRIPT, 'utf8')), handler: 'index.handler' }),
      role,
      schedule: Schedule.rate(EVERY),
      timeout: Duration.minutes(2),
      environmentVariables: { STORE_URL: `https://${stage.domain}`, ACCOUNT_SECRET: account.secretArn },
      artifactsBucketLocation: { bucket: artifacts },
      artifactS3EncryptionMode: ArtifactsEncryptionMode.S3_MANAGED,
      successRetentionPeriod: Duration.days(7),
      failureRetentionPeriod: Duration.days(30),
      provisionedResourceCleanup: true,
    });
  }

  /** Percent of the runs that bought something. */
  get success(): IMetric {
    return this.canary.metricSuccessPercent({ period: EVERY });
  }

  symptom(): Symptom {
    return {
      id: 'canary-buys',
      says: 'Nothing could be bought, twice in a row.',
      runbook: 'canary',
      metric: this.canary.metricFailed({ period: EVERY, statistic: 'Sum' }),
      threshold: 0,
      minutes: 2,
    };
  }

  #artifacts(removal: RemovalPolicy): Bucket {
    const bucket = new Bucket(this, 'Artifacts', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30) }],
      removalPolicy: removal,
    });
    acknowledge(bucket, ['AwsSolutions-S1'], 'Reports of the canary, of thirty days: nobody asks who read them.');
    return bucket;
  }

  #role(account: Secret, secretsKey: IKey, artifacts: Bucket): Role {
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      roleName: NAME,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      description: 'What the canary may do: read its account, and tell how it went.',
    });
    const objects = artifacts.arnForObjects('*');
    const logs = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/lambda/cwsyn-${NAME}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new Grants(this, 'Grants', role, [
      { actions: ['secretsmanager:GetSecretValue'], resources: [account.secretArn], because: 'signs in' },
      keyGrant(this, secretsKey.keyArn, ['secretsmanager'], 'secrets are encrypted'),
      { actions: ['s3:PutObject'], resources: [objects], because: 'writes its reports' },
      { actions: ['s3:GetBucketLocation'], resources: [artifacts.bucketArn], because: 'writes its reports' },
      {
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': 'CloudWatchSynthetics' } },
        because: 'tells how it went',
      },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`${logs}:*`],
        because: 'writes its log',
      },
    ]);
    acknowledge(
      this,
      [`AwsSolutions-IAM5[Resource::${readableArn(stack.resolve(objects))}]`],
      'Reports are named by the run that writes them: all of one bucket, which holds nothing else.',
    );
    return role;
  }
}
