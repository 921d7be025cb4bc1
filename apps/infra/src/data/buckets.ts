import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { UPLOADS_PREFIX, imagesBucket, importsBucket, storeBuckets, storeFunctions } from '@lethe/contracts';
import type { Construct } from 'constructs';

interface BucketsOptions {
  readonly key: IKey;
  readonly removal: RemovalPolicy;
  /** Where pages that upload by signed forms come from. */
  readonly origin: string;
}

const halfUploads: LifecycleRule = {
  id: 'half-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};

/** What a bucket's objects are kept for; what nobody wants any more goes by itself. */
const LIFECYCLES: Readonly<Record<string, readonly LifecycleRule[]>> = {
  [importsBucket]: [{ id: 'imports', expiration: Duration.days(30) }],
  [imagesBucket]: [
    { id: 'uploads', prefix: UPLOADS_PREFIX, expiration: Duration.days(1) },
    { id: 'replaced', noncurrentVersionExpiration: Duration.days(30) },
  ],
};
/** Files of a day, which need no second life. */
const UNVERSIONED: ReadonlySet<string> = new Set([importsBucket]);
/** Buckets that tell EventBridge what is made in them: those that are the source of a function. */
const TELLING: ReadonlySet<string> = new Set(
  storeFunctions.flatMap(({ source }) => (source?.type === 'bucket' ? [source.bucket] : [])),
);
/** Of buckets that no rule is written for: what is read less and less costs less and less. */
const COOLING: readonly LifecycleRule[] = [
  {
    id: 'cooling',
    transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
    noncurrentVersionExpiration: Duration.days(30),
  },
];

/** Names of buckets are the world's: that of a stage ends in its account and region. */
export function bucketName(scope: Construct, bucket: string): string {
  const { account, region } = Stack.of(scope);
  return `${bucket}-${account}-${region}`;
}

/** Private, over TLS only, with the owner's key. */
const CLOSED = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
} as const;

/** Where the accesses to other buckets and the balancer are written down. Load balancers know no keys but S3's own. */
export function addAccessLogs(scope: Construct, removal: RemovalPolicy): Bucket {
  return new Bucket(scope, 'AccessLogs', {
    ...CLOSED,
    bucketName: bucketName(scope, 'lethe-access-logs'),
    encryption: BucketEncryption.S3_MANAGED,
    removalPolicy: removal,
    lifecycleRules: [{ id: 'logs', expiration: Duration.days(90) }, halfUploads],
  });
}

/** The buckets of the contracts, by their names there. */
export function addBuckets(scope: Construct, logs: Bucket, options: BucketsOptions): ReadonlyMap<string, Bucket> {
  return new Map(storeBuckets.map((name) => [name, addBucket(scope, name, logs, options)]));
}

function addBucket(scope: Construct, name: string, logs: Bucket, { key, removal, origin }: BucketsOptions): Bucket {
  const bucket = new Bucket(scope, name, {
    ...CLOSED,
    bucketName: bucketName(scope, name),
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    // What is overwritten or deleted by mistake can be had back.
    versioned: !UNVERSIONED.has(name),
    removalPolicy: removal,
    lifecycleRules: [...(LIFECYCLES[name] ?? COOLING), halfUploads],
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: `s3/${name}/`,
    ...(name === imagesBucket
      ? { cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: [origin], maxAge: 3_600 }] }
      : {}),
  });
  // In the template: CDK's own way is a function of its own with rights to every bucket.
  if (TELLING.has(name))
    (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
  return bucket;
}
