import { CfnOutput, Stack } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnApplication } from 'aws-cdk-lib/aws-emrserverless';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { lakeBucket } from '@lethe/contracts';
import { Construct } from 'constructs';
import { bucketName } from '../data/buckets.js';
import type { StoreKeys } from '../data/keys.stack.js';
import { SUBNETS } from '../network/subnets.js';
import { Arns } from '../permissions/arns.js';
import type { Grant } from '../permissions/grant.js';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import { CATALOGUE } from './glue-schema.js';
import { LAKE_FOLDERS } from './lake-folders.js';

interface SparkOptions {
  readonly vpc: IVpc;
  readonly stage: StageDefinition;
  readonly keys: StoreKeys;
}

/** `emrServerlessJob` asks for release 7 or later. */
const RELEASE = 'emr-7.9.0';
const IDLE_MINUTES = 5;

/** EMR Serverless for the models as Spark has them: nothing runs, and nothing is billed, but while a job does. */
export class Spark extends Construct {
  constructor(scope: Construct, id: string, { vpc, stage, keys }: SparkOptions) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: '/lethe/spark',
      encryptionKey: keys.logs,
      retention: retentionOf(stage),
    });
    const application = this.#application(vpc, stage, logGroup);
    const role = new Role(this, 'JobRole', {
      roleName: 'lethe-spark-job',
      assumedBy: new ServicePrincipal('emr-serverless.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'What jobs of Spark may do.',
    });
    new Grants(this, 'JobGrants', role, this.#grants(keys, logGroup));
    const bucket = `s3://${bucketName(this, lakeBucket)}`;
    const outputs = {
      SparkApplicationId: application.attrApplicationId,
      SparkJobRoleArn: role.roleArn,
      SparkFolder: `${bucket}/${LAKE_FOLDERS.spark}`,
      SparkModels: `${bucket}/${LAKE_FOLDERS.models}`,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  #application(vpc: IVpc, stage: StageDefinition, logGroup: LogGroup): CfnApplication {
    const access = new SecurityGroup(this, 'Access', {
      vpc,
      description: 'Workers of Spark: nobody comes in from outside.',
      allowAllOutbound: false,
    });
    access.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'S3 by the gateway, and the catalogue');
    access.addIngressRule(access, Port.allTcp(), 'workers of one job');
    access.addEgressRule(access, Port.allTcp(), 'workers of one job');
    const { mostVcpu, mostMemoryGb, mostDiskGb } = stage.spark;
    return new CfnApplication(this, 'Application', {
      name: 'lethe',
      type: 'SPARK',
      releaseLabel: RELEASE,
      architecture: 'ARM64',
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: IDLE_MINUTES },
      maximumCapacity: { cpu: `${mostVcpu} vCPU`, memory: `${mostMemoryGb} GB`, disk: `${mostDiskGb} GB` },
      // With NAT: the catalogue has no endpoint inside, which would stand there all day for a job of minutes.
      networkConfiguration: {
        subnetIds: vpc.selectSubnets(SUBNETS.egress).subnetIds,
        securityGroupIds: [access.securityGroupId],
      },
      monitoringConfiguration: {
        cloudWatchLoggingConfiguration: { enabled: true, logGroupName: logGroup.logGroupName },
        // Else AWS keeps a copy of the logs, under a key of its own.
        managedPersistenceMonitoringConfiguration: { enabled: false },
      },
    });
  }

  #grants(keys: StoreKeys, logGroup: LogGroup): Grant[] {
    const arns = new Arns(this);
    const bucket = arns.bucket(lakeBucket);
    return [
      {
        actions: ['s3:GetObject'],
        resources: ['manifest.json', 'type=*', `${LAKE_FOLDERS.spark}*`].map((key) => `${bucket}/${key}`),
        because: 'reads the lake, its program and its statements',
      },
      {
        actions: ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'],
        resources: [`${bucket}/${LAKE_FOLDERS.models}*`],
        because: 'makes the tables of the models anew',
      },
      { actions: ['s3:ListBucket'], resources: [bucket], because: 'Spark looks what lies in a folder' },
      keyGrant(this, keys.objects.keyArn, ['s3'], 'files are encrypted'),
      {
        actions: ['glue:GetDatabase', 'glue:GetDatabases'],
        resources: [...arns.glueDatabase(CATALOGUE.models), ...arns.glueDatabase('default').slice(1)],
        because: "Hive's client asks for its own database and for that called default",
      },
      {
        actions: [
          'glue:BatchCreatePartition',
          'glue:CreateTable',
          'glue:DeleteTable',
          'glue:GetPartitions',
          'glue:GetTable',
          'glue:GetTables',
          'glue:UpdateTable',
        ],
        resources: arns.glueTable(CATALOGUE.models, '*'),
        because: 'registers the tables of the models',
      },
      {
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
        because: 'writes the logs',
      },
      { actions: ['logs:DescribeLogGroups'], resources: ['*'], because: 'finds the group of its logs' },
    ];
  }
}
