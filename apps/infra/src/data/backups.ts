import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { imagesBucket, storeTables } from '@lethe/contracts';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import { Arns } from '../permissions/arns.js';
import type { StageDefinition } from '../stages/stage.js';

interface BackupsOptions {
  readonly stage: StageDefinition;
  readonly key: IKey;
  readonly removal: RemovalPolicy;
  /** Of the database's cluster. */
  readonly clusterArn: string;
}

/** Days that a backup of a month is kept. */
const A_YEAR = 365;
/** Days for which not even an administrator removes a backup, in a guarded stage. */
const LOCKED = 7;
const POLICIES = ['AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup'];

/**
 * Copies of what cannot be made again, in a vault apart: of the database, of tables that do not forget by themselves, and of
 * product images. The lake, the warehouse and the cache are made again from these. `RESTORE.md` says how.
 */
export class StoreBackups extends Construct {
  constructor(scope: Construct, id: string, { stage, key, removal, clusterArn }: BackupsOptions) {
    super(scope, id);
    const arns = new Arns(this);
    const vault = new BackupVault(this, 'Vault', {
      backupVaultName: 'lethe',
      encryptionKey: key,
      removalPolicy: removal,
      ...(stage.guarded
        ? { lockConfiguration: { minRetention: Duration.days(LOCKED), maxRetention: Duration.days(A_YEAR) } }
        : {}),
    });
    const plan = new BackupPlan(this, 'Plan', {
      backupPlanName: 'lethe',
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'daily',
          scheduleExpression: Schedule.cron({ hour: '1', minute: '0' }),
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(6),
          deleteAfter: Duration.days(Math.max(stage.database.backupDays, LOCKED)),
        }),
        ...(stage.guarded
          ? [
              new BackupPlanRule({
                ruleName: 'monthly',
                scheduleExpression: Schedule.cron({ day: '1', hour: '2', minute: '0' }),
                startWindow: Duration.hours(1),
                completionWindow: Duration.hours(12),
                deleteAfter: Duration.days(A_YEAR),
              }),
            ]
          : []),
      ],
    });
    plan.addSelection('Kept', {
      backupSelectionName: 'lethe',
      disableDefaultBackupPolicy: true,
      role: this.#role(),
      resources: [
        clusterArn,
        ...storeTables.filter(({ ttlAttribute }) => ttlAttribute === undefined).map(({ name }) => arns.table(name)),
        arns.bucket(imagesBucket),
      ].map((arn) => BackupResource.fromArn(arn)),
    });
  }

  #role(): Role {
    const role = new Role(this, 'Role', {
      roleName: 'lethe-backup',
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'Makes backups; it restores nothing.',
      managedPolicies: POLICIES.map((name) => ManagedPolicy.fromAwsManagedPolicyName(`service-role/${name}`)),
    });
    acknowledge(
      role,
      POLICIES.map((name) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`),
      'What AWS Backup does to a snapshot of each kind is its own; AWS keeps the policies in step with it.',
    );
    return role;
  }
}
