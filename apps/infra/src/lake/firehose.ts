import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { Clicks, lakeBucket, store, storeFunctions } from '@lethe/contracts';
import { streamName } from '@lethe/topology';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { StoreKeys } from '../data/keys.stack.js';
import { UnknownResourceError } from '../infra.errors.js';
import { Arns } from '../permissions/arns.js';
import type { Grant } from '../permissions/grant.js';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import { CATALOGUE, type LakeCatalogue } from './glue-schema.js';
import { LAKE_FOLDERS } from './lake-folders.js';

interface LakeDeliveryOptions {
  readonly stage: StageDefinition;
  readonly keys: StoreKeys;
  readonly catalogue: LakeCatalogue;
}

export const DELIVERY = 'lethe-clicks-to-lake';
/** The function that makes rows of the lake out of clicks, and says in which folder each belongs. */
const ROWS_OF = 'lake-rows';
/** Files that are worth reading, or five minutes; the least that a conversion takes is 64 MB. */
const BUFFER = { sizeInMBs: 128, intervalInSeconds: 300 };

/**
 * Clicks from the stream to the lake without the service: a function makes rows of them, Firehose makes Parquet by the
 * schema of the catalogue, in the lake's layout. Only in stages where analytics does not write them itself.
 */
export class LakeDelivery extends Construct {
  readonly #arns: Arns;
  readonly #function: string;

  constructor(scope: Construct, id: string, { stage, keys, catalogue }: LakeDeliveryOptions) {
    super(scope, id);
    this.#arns = new Arns(this);
    const rowsOf = storeFunctions.find(({ handler }) => handler === ROWS_OF);
    if (rowsOf === undefined) throw new UnknownResourceError('function', ROWS_OF);
    this.#function = this.#arns.function(rowsOf.name);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/kinesisfirehose/${DELIVERY}`,
      encryptionKey: keys.logs,
      retention: retentionOf(stage),
    });
    const logStream = new LogStream(this, 'LogStream', { logGroup, logStreamName: 'delivery' });
    const role = new Role(this, 'Role', {
      roleName: DELIVERY,
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'Brings clicks from the stream to the lake.',
    });
    const grants = new Grants(this, 'Grants', role, this.#grants(keys, logGroup));
    const delivery = new CfnDeliveryStream(this, 'Delivery', {
      deliveryStreamName: DELIVERY,
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: { kinesisStreamArn: this.#stream(), roleArn: role.roleArn },
      extendedS3DestinationConfiguration: this.#destination(role.roleArn, keys, logGroup, logStream),
    });
    acknowledge(
      delivery,
      ['AwsSolutions-KDF1'],
      'It keeps nothing of its own: its source is a stream that is encrypted with the key of messages.',
    );
    // Firehose tries what its role may when it is made.
    delivery.node.addDependency(grants, catalogue.rows);
  }

  #stream(): string {
    return this.#arns.stream(streamName(store.name, Clicks));
  }

  #destination(
    roleArn: string,
    keys: StoreKeys,
    logGroup: LogGroup,
    logStream: LogStream,
  ): CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty {
    return {
      bucketArn: this.#arns.bucket(lakeBucket),
      roleArn,
      prefix: `${LAKE_FOLDERS.arriving}type=!{partitionKeyFromLambda:type}/day=!{partitionKeyFromLambda:day}/`,
      errorOutputPrefix: `${LAKE_FOLDERS.failed}!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
      fileExtension: '.parquet',
      bufferingHints: BUFFER,
      compressionFormat: 'UNCOMPRESSED',
      encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: keys.objects.keyArn } },
      dynamicPartitioningConfiguration: { enabled: true, retryOptions: { durationInSeconds: 300 } },
      dataFormatConversionConfiguration: toParquet(this, roleArn),
      processingConfiguration: through(this.#function, roleArn),
      cloudWatchLoggingOptions: {
        enabled: true,
        logGroupName: logGroup.logGroupName,
        logStreamName: logStream.logStreamName,
      },
      // What was not delivered is in the stream for days.
      s3BackupMode: 'Disabled',
    };
  }

  #grants(keys: StoreKeys, logGroup: LogGroup): Grant[] {
    const bucket = this.#arns.bucket(lakeBucket);
    return [
      {
        actions: ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
        resources: [this.#stream()],
        because: 'reads clicks',
      },
      keyGrant(this, keys.messages.keyArn, ['kinesis'], 'the stream is encrypted'),
      {
        actions: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
        resources: [this.#function],
        because: 'has rows made of clicks',
      },
      {
        actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
        resources: this.#arns.glueTable(CATALOGUE.lake, CATALOGUE.rows),
        because: 'writes the columns that the catalogue says',
      },
      {
        actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
        resources: [`${bucket}/${LAKE_FOLDERS.arriving}*`, `${bucket}/${LAKE_FOLDERS.failed}*`],
        because: 'delivers files into folders of its own',
      },
      {
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket],
        because: 'finds the bucket, and uploads that were cut short',
      },
      keyGrant(this, keys.objects.keyArn, ['s3'], 'files are encrypted'),
      { actions: ['logs:PutLogEvents'], resources: [logGroup.logGroupArn], because: 'says what it could not deliver' },
    ];
  }
}

/** By the catalogue's columns; what a row leaves out is null. */
function toParquet(scope: Construct, roleArn: string): CfnDeliveryStream.DataFormatConversionConfigurationProperty {
  const { account, region } = Stack.of(scope);
  return {
    enabled: true,
    inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
    outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
    schemaConfiguration: {
      roleArn,
      catalogId: account,
      region,
      databaseName: CATALOGUE.lake,
      tableName: CATALOGUE.rows,
      versionId: 'LATEST',
    },
  };
}

/** A batch is handed over when there is so much of it, or after so long. */
function through(functionArn: string, roleArn: string): CfnDeliveryStream.ProcessingConfigurationProperty {
  const parameters = {
    LambdaArn: functionArn,
    RoleArn: roleArn,
    NumberOfRetries: '3',
    BufferSizeInMBs: '1',
    BufferIntervalInSeconds: '60',
  };
  return {
    enabled: true,
    processors: [
      {
        type: 'Lambda',
        parameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
          parameterName,
          parameterValue,
        })),
      },
    ],
  };
}
