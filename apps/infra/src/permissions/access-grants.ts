import { type Access, type BucketAccess, type TableAccess, stateMachineName } from '@lethe/contracts';
import type { Construct } from 'constructs';
import type { StoreKeys } from '../data/keys.stack.js';
import { Arns } from './arns.js';
import type { Grant } from './grant.js';
import { keyGrant } from './messaging-grants.js';

interface AccessOptions {
  readonly keys: StoreKeys;
  /** Of the sender of mails. */
  readonly mailDomain: string;
  /** Where Cognito is the issuer. */
  readonly userPoolArn?: string | undefined;
}

/** What auth does with users of a pool, beyond what anybody may. */
const USER_POOL_ACTIONS = [
  'cognito-idp:AdminGetUser',
  'cognito-idp:AdminListGroupsForUser',
  'cognito-idp:AdminUserGlobalSignOut',
];

function tableGrant(arns: Arns, { table, actions, leadingKeys }: TableAccess): Grant {
  return {
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [arns.table(table.name)],
    ...(leadingKeys === undefined
      ? {}
      : {
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys.map((key) => `${key}*`) } },
        }),
    because: `items of ${table.name}${leadingKeys === undefined ? '' : ` whose keys begin with ${leadingKeys.join(', ')}`}`,
  };
}

function bucketGrants(arns: Arns, { bucket, prefix, actions }: BucketAccess): Grant[] {
  const objects: Grant = {
    actions: actions.map((action) => `s3:${action}`),
    resources: [`${arns.bucket(bucket)}/${prefix}*`],
    because: `objects of ${bucket}${prefix === '' ? '' : ` under ${prefix}`}`,
  };
  if (!actions.includes('GetObject')) return [objects];
  return [
    objects,
    {
      actions: ['s3:ListBucket'],
      resources: [arns.bucket(bucket)],
      // Without it S3 answers 403 for an object that is not there.
      because: `tells what is missing in ${bucket}`,
    },
  ];
}

function mailGrant(arns: Arns, domain: string): Grant {
  return {
    actions: ['ses:SendEmail'],
    resources: [arns.mailIdentity(domain)],
    because: 'sends mail to customers or operators',
  };
}

/** The agent beside a task asks in the name of the task's role. */
function protectionGrant(arns: Arns): Grant {
  return {
    actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
    resources: [arns.tasks('lethe')],
    because: 'keeps its task while an import runs',
  };
}

/** What code declares that it uses besides messages, as statements. */
export function accessGrants(
  scope: Construct,
  access: Access,
  { keys, mailDomain, userPoolArn }: AccessOptions,
): Grant[] {
  const arns = new Arns(scope);
  const { tables = [], buckets = [], workflows = [], watches = [], mails, userPool, protectsTask } = access;
  return [
    ...tables.map((table) => tableGrant(arns, table)),
    ...(tables.length > 0 ? [keyGrant(scope, keys.data.keyArn, ['dynamodb'], 'tables are encrypted')] : []),
    ...merged(buckets.flatMap((bucket) => bucketGrants(arns, bucket))),
    ...(buckets.length > 0 ? [keyGrant(scope, keys.objects.keyArn, ['s3'], 'files are encrypted')] : []),
    ...(workflows.length > 0
      ? [
          {
            actions: ['states:StartExecution'],
            resources: workflows.map((workflow) => arns.stateMachine(stateMachineName(workflow))),
            because: 'starts workflows',
          },
        ]
      : []),
    ...(watches.length > 0
      ? [
          {
            actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
            resources: watches.map((queue) => arns.queue(queue)),
            because: 'looks how many messages wait there',
          },
        ]
      : []),
    ...(mails === true ? [mailGrant(arns, mailDomain)] : []),
    ...(userPool === true && userPoolArn !== undefined
      ? [{ actions: USER_POOL_ACTIONS, resources: [userPoolArn], because: 'manages users of the pool' }]
      : []),
    ...(protectsTask === true ? [protectionGrant(arns)] : []),
  ];
}

/** Says once what two declarations of one bucket both need. */
function merged(grants: readonly Grant[]): Grant[] {
  const known = new Set<string>();
  return grants.filter(({ actions, because }) => {
    const key = `${actions.join()} ${because}`;
    return !known.has(key) && known.add(key);
  });
}
