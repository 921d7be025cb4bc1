import { storeFunctions } from '@lethe/contracts';

/** Grants that no run of the store on one machine can use, and what shows that they are needed all the same. */
export interface Unseen {
  /** Names of roles, `*` as in IAM. */
  readonly roles: readonly string[];
  readonly actions: readonly string[];
  /** On what, without region and account, `*` as in IAM; on anything where it is not said. */
  readonly on?: string;
  readonly reason: string;
  /** The test that does it, where one does. */
  readonly shownBy?: string;
}

const LAMBDA_ROLES = storeFunctions.map(({ name }) => name);
const WITH_FAILURES = ['lethe-enrich-clicks', 'lethe-resize-image'];

/**
 * Every grant to code of the store that the recorded journey does not use. What is neither used nor here fails the check, and so
 * does an entry that excuses nothing any more.
 */
export const UNSEEN: readonly Unseen[] = [
  {
    roles: ['lethe-*'],
    actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    reason: 'There is no X-Ray here; Lambda and Step Functions send with the role of what they run.',
  },
  {
    roles: ['lethe-*'],
    actions: ['xray:PutSpans', 'xray:PutSpansForIndexing'],
    reason: 'There is no X-Ray here; services send spans where they are told to.',
    shownBy: 'libs/service-kit/test/tracing.int-spec.ts',
  },
  {
    roles: ['lethe-catalog'],
    actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
    reason: 'There is no ECS here; on it the agent beside a task asks with the role of the task.',
    shownBy: 'apps/catalog/test/import-protection.int-spec.ts',
  },
  {
    roles: ['lethe-*'],
    actions: ['rds-db:connect'],
    reason: 'The database here takes passwords and knows no IAM.',
    shownBy: 'libs/database/test/sign-in/iam.int-spec.ts',
  },
  {
    roles: LAMBDA_ROLES,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    reason: 'Lambda writes what a function prints.',
  },
  {
    roles: LAMBDA_ROLES,
    actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
    reason: 'Lambda attaches a function to its network.',
  },
  {
    roles: LAMBDA_ROLES,
    actions: ['kms:Decrypt'],
    on: '*secrets*',
    reason: 'Lambda decrypts the variables of a function before it starts.',
  },
  {
    roles: ['lethe-enrich-clicks'],
    actions: ['kinesis:DescribeStream'],
    reason: 'Lambda refuses a mapping to a role without it ("Using Lambda with Kinesis", execution role permissions).',
  },
  {
    roles: WITH_FAILURES,
    actions: ['sqs:SendMessage'],
    on: 'sqs:*-failures',
    reason: 'Lambda reports what it gives up, after retries that take minutes.',
    shownBy: 'libs/local-cloud/test/event-sources/asynchronous.int-spec.ts',
  },
  {
    roles: WITH_FAILURES,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    on: '*messages*',
    reason: 'The queue of what was given up is encrypted.',
  },
  {
    roles: ['lethe-send-receipt'],
    actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem'],
    on: 'dynamodb:table/lethe-function-notes',
    reason: 'A mail that fails is taken back, one that comes again is looked up.',
    shownBy: 'apps/functions/test/receipts.int-spec.ts',
  },
  {
    roles: ['lethe-resize-image'],
    actions: ['s3:DeleteObject'],
    on: 's3:lethe-product-images/catalog/images/*',
    reason: 'Files of a product that was deleted meanwhile are removed again.',
    shownBy: 'apps/functions/test/resize-image.int-spec.ts',
  },
  {
    roles: ['lethe-resize-image'],
    actions: ['s3:ListBucket'],
    on: 's3:lethe-product-images',
    reason: 'An event that comes again finds its upload gone, and must be told so.',
    shownBy: 'apps/functions/test/resize-image.int-spec.ts',
  },
  {
    roles: ['lethe-catalog'],
    actions: ['s3:AbortMultipartUpload'],
    on: 's3:lethe-catalog-imports/*',
    reason: 'An upload that breaks off leaves no parts behind.',
    shownBy: 'apps/catalog/test/upload.int-spec.ts',
  },
  {
    roles: ['lethe-catalog'],
    actions: ['s3:ListBucket'],
    on: 's3:lethe-catalog-imports',
    reason: 'An import whose file is gone fails for good, by a 404 and not a 403.',
    shownBy: 'apps/catalog/test/import.int-spec.ts',
  },
  {
    roles: ['lethe-analytics'],
    actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem'],
    on: 'dynamodb:table/lethe-leases',
    reason: 'Shards end when a stream is split, and a lease that was lost is looked at.',
    shownBy: 'libs/streaming/test/leases/resharding.int-spec.ts',
  },
  {
    roles: ['lethe-analytics'],
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket'],
    on: 's3:lethe-lake*',
    reason: 'Small files are merged, customers taken out of them, and what nobody reads removed, some time later.',
    shownBy: 'apps/analytics/test/lake/erasure.int-spec.ts',
  },
  {
    roles: ['lethe-analytics', 'lethe-auth', 'lethe-catalog', 'lethe-orders'],
    actions: ['sqs:ChangeMessageVisibility'],
    reason: 'A message whose handler is slow is kept for longer, and one whose handler failed comes back later.',
    shownBy: 'libs/messaging/test/retry.int-spec.ts',
  },
  {
    roles: ['lethe-orders-migrate'],
    actions: [
      'iam:PassRole',
      'scheduler:CreateSchedule',
      'scheduler:CreateScheduleGroup',
      'scheduler:DeleteSchedule',
      'scheduler:GetSchedule',
      'scheduler:ListSchedules',
      'scheduler:UpdateSchedule',
    ],
    reason: 'There is no EventBridge Scheduler here; replicas keep the schedules.',
    shownBy: 'libs/schedules/test/event-bridge.int-spec.ts',
  },
];

/** The same of a stage whose users are in a pool. */
export const UNSEEN_OF_POOL: readonly Unseen[] = [
  {
    roles: ['lethe-auth-migrate'],
    actions: ['cognito-idp:AdminUserGlobalSignOut'],
    reason: 'Sign-ins of the admin end when the step gives it another password; the journey has one password.',
    shownBy: 'apps/auth/test/cognito.int-spec.ts',
  },
];
