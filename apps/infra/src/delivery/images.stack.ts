import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnRegistryScanningConfiguration,
  Repository,
  RepositoryEncryption,
  TagMutability,
  TagStatus,
} from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { storeServices } from '@lethe/contracts';
import { recordsBucket, repositoryName } from '@lethe/delivery';
import type { Construct } from 'constructs';
import { Grants } from '../permissions/grants.js';
import { DeliveryStack, deployRoleName } from './delivery-stack.js';
import type { DeliveryDefinition } from './delivery.js';
import { githubJob, knowGithub } from './github.js';
import { buildGrants } from './step-grants.js';

/** Images of a service that are kept: far more than between two deployments of it. */
const IMAGES_KEPT = 100;

const CLOSED = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
} as const;

/** What is built, and what is known of it: a repository per service, bills of materials, what steps hand to each other. */
export class ImagesStack extends DeliveryStack {
  readonly key: Key;
  readonly records: Bucket;
  readonly repositories: readonly Repository[];

  constructor(scope: Construct, delivery: DeliveryDefinition) {
    super(scope, 'images', delivery, 'Images of the services, and what is known of them.');
    this.key = new Key(this, 'Key', {
      alias: 'lethe/delivery',
      description: 'Images of the store, and what steps of a deployment hand to each other.',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.records = this.#recordsBucket();
    this.repositories = storeServices.map(({ name }) => this.#repository(name, delivery));
    new CfnRegistryScanningConfiguration(this, 'Scanning', {
      scanType: 'ENHANCED',
      rules: [{ scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters: [{ filter: 'lethe/*', filterType: 'WILDCARD' }] }],
    });
    if (delivery.door === 'github') this.#letGithubBuild(delivery);
  }

  #recordsBucket(): Bucket {
    const logs = new Bucket(this, 'AccessLogs', {
      ...CLOSED,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ id: 'logs', expiration: Duration.days(90) }],
    });
    return new Bucket(this, 'Records', {
      ...CLOSED,
      bucketName: recordsBucket(this.account, this.region),
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: logs,
      // Bills of materials stay for as long as somebody may ask what ran.
      lifecycleRules: [
        { id: 'artifacts', prefix: 'lethe/', expiration: Duration.days(90) },
        { id: 'cache', prefix: 'cache/', expiration: Duration.days(30) },
        { id: 'versions', noncurrentVersionExpiration: Duration.days(30) },
        { id: 'half-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
  }

  #repository(service: string, { stages, account }: DeliveryDefinition): Repository {
    const repository = new Repository(this, service, {
      repositoryName: repositoryName(service),
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: this.key,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { rulePriority: 1, tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
        { rulePriority: 2, tagStatus: TagStatus.ANY, maxImageCount: IMAGES_KEPT },
      ],
    });
    // Stages fetch what they run from here: there is one image, by one digest.
    for (const one of stages)
      if (one.account !== undefined && one.account !== account) repository.grantPull(new AccountPrincipal(one.account));
    return repository;
  }

  /** The jobs of GitHub that need no stage: images, and what the next change is compared with. */
  #letGithubBuild(delivery: DeliveryDefinition): void {
    knowGithub(this, false);
    const role = new Role(this, 'Build', {
      roleName: deployRoleName('images'),
      description: 'Builds images, and writes down what the next change is compared with.',
      assumedBy: githubJob(this, delivery, 'images'),
      maxSessionDuration: Duration.hours(2),
    });
    new Grants(this, 'BuildGrants', role, buildGrants(this, { record: true }));
  }
}
