import { CfnOutput, Stack } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, CompositePrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { lakeBucket } from '@lethe/contracts';
import { Construct } from 'constructs';
import type { StoreKeys } from '../data/keys.stack.js';
import { SUBNETS } from '../network/subnets.js';
import { Arns } from '../permissions/arns.js';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import { addNightlyBuild } from './nightly-build.js';
import { addUsageLimit } from './usage-limit.js';

interface WarehouseOptions {
  readonly vpc: IVpc;
  readonly stage: StageDefinition;
  readonly keys: StoreKeys;
}

/** Namespace, workgroup and database; the CLI's preset for REDSHIFT_DATABASE. */
const NAME = 'lethe';
/** The one object by which readers know which files count, and the folders of those files. */
const COUNTED = ['manifest.json', 'type=*'];
const LOGS = ['connectionlog', 'useractivitylog', 'userlog'];
/** Seconds: `RedshiftStatements` gives a build as long. */
const MOST_SECONDS = 1_800;

/**
 * Redshift Serverless: no address outside the network, nobody connects but by the Data API, and it bills while it works.
 * All that is in it was made of the lake, and can be made again.
 */
export class Warehouse extends Construct {
  readonly workgroup: CfnWorkgroup;
  /** In which `lethe warehouse build` and `query` are run. */
  readonly buildRole: Role;

  constructor(scope: Construct, id: string, { vpc, stage, keys }: WarehouseOptions) {
    super(scope, id);
    for (const log of LOGS)
      new LogGroup(this, `Log-${log}`, {
        logGroupName: `/aws/redshift/${NAME}/${log}`,
        encryptionKey: keys.logs,
        retention: retentionOf(stage),
      });
    const copyRole = this.#copyRole(keys);
    const namespace = new CfnNamespace(this, 'Namespace', {
      namespaceName: NAME,
      dbName: NAME,
      adminUsername: 'lethe_admin',
      // Made, kept and rotated by Redshift.
      manageAdminPassword: true,
      adminPasswordSecretKmsKeyId: keys.secrets.keyId,
      kmsKeyId: keys.data.keyArn,
      iamRoles: [copyRole.roleArn],
      defaultIamRoleArn: copyRole.roleArn,
      logExports: LOGS,
    });
    this.workgroup = this.#workgroup(vpc, stage, namespace);
    addUsageLimit(this, { stage, keys, workgroupArn: this.workgroup.attrWorkgroupWorkgroupArn });
    this.buildRole = this.#buildRole(keys);
    addNightlyBuild(this, { workgroup: this.workgroup, database: NAME, role: this.buildRole });
    const outputs = {
      REDSHIFT_WORKGROUP: this.workgroup.workgroupName,
      REDSHIFT_DATABASE: NAME,
      REDSHIFT_COPY_ROLE_ARN: copyRole.roleArn,
      WAREHOUSE_ROLE_ARN: this.buildRole.roleArn,
    };
    for (const [variable, value] of Object.entries(outputs))
      new CfnOutput(this, variable.replaceAll('_', ''), { value, description: variable });
  }

  #workgroup(vpc: IVpc, { warehouse }: StageDefinition, namespace: CfnNamespace): CfnWorkgroup {
    const access = new SecurityGroup(this, 'Access', {
      vpc,
      description: 'The warehouse: nobody comes in, it reads S3.',
      allowAllOutbound: false,
    });
    access.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'S3, by the gateway');
    const workgroup = new CfnWorkgroup(this, 'Workgroup', {
      workgroupName: NAME,
      namespaceName: namespace.namespaceName,
      baseCapacity: warehouse.baseUnits,
      maxCapacity: warehouse.mostUnits,
      publiclyAccessible: false,
      // COPY goes through the network too, by the gateway to S3.
      enhancedVpcRouting: true,
      subnetIds: vpc.selectSubnets(SUBNETS.inner).subnetIds,
      securityGroupIds: [access.securityGroupId],
      configParameters: [
        { parameterKey: 'require_ssl', parameterValue: 'true' },
        { parameterKey: 'enable_user_activity_logging', parameterValue: 'true' },
        { parameterKey: 'max_query_execution_time', parameterValue: String(MOST_SECONDS) },
      ],
    });
    workgroup.addResourceDependency(namespace);
    return workgroup;
  }

  /** The role in which COPY reads: only what counts. */
  #copyRole(keys: StoreKeys): Role {
    const ofThisAccount = { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } } };
    const role = new Role(this, 'CopyRole', {
      roleName: 'lethe-warehouse-copy',
      assumedBy: new CompositePrincipal(
        new ServicePrincipal('redshift.amazonaws.com', ofThisAccount),
        new ServicePrincipal('redshift-serverless.amazonaws.com', ofThisAccount),
      ),
      description: 'Reads the files of the lake for the warehouse.',
    });
    const bucket = new Arns(this).bucket(lakeBucket);
    new Grants(this, 'CopyGrants', role, [
      {
        actions: ['s3:GetObject'],
        resources: COUNTED.map((key) => `${bucket}/${key}`),
        because: 'COPY reads the manifest and the files that it names',
      },
      {
        actions: ['s3:GetBucketLocation', 's3:ListBucket'],
        resources: [bucket],
        because: 'COPY looks what is there before it reads',
      },
      keyGrant(this, keys.objects.keyArn, ['s3'], 'files are encrypted'),
    ]);
    return role;
  }

  /** Analytics' hand in the warehouse: an operator, a task of its own, or the schedule takes this role; no replica has it. */
  #buildRole(keys: StoreKeys): Role {
    const { account } = Stack.of(this);
    const ofThisAccount = { conditions: { StringEquals: { 'aws:SourceAccount': account } } };
    const role = new Role(this, 'BuildRole', {
      roleName: 'lethe-analytics-warehouse',
      assumedBy: new CompositePrincipal(
        new AccountPrincipal(account),
        new ServicePrincipal('ecs-tasks.amazonaws.com', ofThisAccount),
        new ServicePrincipal('scheduler.amazonaws.com', ofThisAccount),
      ),
      description: 'Builds the warehouse from the lake, and asks it.',
    });
    const workgroup = this.workgroup.attrWorkgroupWorkgroupArn;
    new Grants(this, 'BuildGrants', role, [
      {
        actions: ['redshift-data:BatchExecuteStatement', 'redshift-data:ExecuteStatement'],
        resources: [workgroup],
        because: 'builds and asks the warehouse',
      },
      {
        actions: [
          'redshift-data:CancelStatement',
          'redshift-data:DescribeStatement',
          'redshift-data:GetStatementResult',
        ],
        resources: ['*'],
        conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
        because: 'waits for its own statements',
      },
      { actions: ['redshift-serverless:GetCredentials'], resources: [workgroup], because: 'signs in as this role' },
      {
        actions: ['s3:GetObject'],
        resources: [`${new Arns(this).bucket(lakeBucket)}/manifest.json`],
        because: 'reads which files count',
      },
      keyGrant(this, keys.objects.keyArn, ['s3'], 'files are encrypted'),
    ]);
    return role;
  }
}
