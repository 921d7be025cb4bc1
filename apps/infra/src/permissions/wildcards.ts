import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { Grant } from './grant.js';
import { readableArn } from './readable-arn.js';

/** A wildcard that IAM leaves no way around, and why it is narrow all the same (S57). */
interface Wildcard {
  readonly id: string;
  readonly fits: (resource: string, grant: Grant) => boolean;
  readonly reason: string;
}

/** Every wildcard that a role of the store may have in a resource. Another one is a finding of cdk-nag. */
export const WILDCARDS: readonly Wildcard[] = [
  {
    id: 'objects',
    fits: (resource, { actions }) =>
      resource.endsWith('/*') &&
      // By name, or as the ARN of a bucket of the same stack: no other resource has actions of S3.
      (resource.includes(':s3:::') || resource.endsWith('.Arn>/*')) &&
      actions.every((one) => one.startsWith('s3:')),
    reason: 'Objects are named when they are made: all of a bucket, or of a prefix of it, which is one kind of file.',
  },
  {
    id: 'reply-queues',
    fits: (resource, { actions }) => resource.includes('-reply-*') && actions.every((one) => one.startsWith('sqs:')),
    reason: 'A process that asks makes a queue of its own for the answers, named after itself.',
  },
  {
    id: 'queue-list',
    fits: (resource, { actions }) => resource === '*' && actions.every((one) => one === 'sqs:ListQueues'),
    reason: 'IAM knows no resource for a list of queues; who asks looks for queues that dead processes left.',
  },
  {
    id: 'telemetry',
    fits: (resource, { actions }) =>
      resource === '*' && actions.every((one) => /^(xray:|cloudwatch:PutMetricData$)/.test(one)),
    reason: 'X-Ray and CloudWatch know no resources for what is put; metrics are held to one namespace by a condition.',
  },
  {
    id: 'network-interfaces',
    fits: (resource, { actions }) =>
      resource === '*' && actions.every((one) => /^ec2:\w+NetworkInterfaces?$/.test(one)),
    reason: 'Lambda makes the interfaces of a function in a network, under names that nobody knows before.',
  },
  {
    id: 'log-deliveries',
    fits: (resource, { actions }) =>
      resource === '*' && actions.every((one) => /^logs:(\w+LogDeliver|\w*Resource|DescribeLogGroups)/.test(one)),
    reason: 'CloudWatch has deliveries of logs by account: IAM knows no resource for them.',
  },
  {
    id: 'registry-sign-in',
    fits: (resource, { actions }) => resource === '*' && actions.every((one) => one === 'ecr:GetAuthorizationToken'),
    reason: "The token of the registry is the account's: IAM knows no resource for it.",
  },
  {
    id: 'lake-files',
    fits: (resource, { actions }) =>
      resource.includes(':s3:::') && resource.endsWith('/type=*') && actions.every((one) => one.startsWith('s3:')),
    reason: 'Files of the lake are named by whoever writes them: all of a folder, which is one kind of file.',
  },
  {
    id: 'own-statements',
    fits: (resource, { actions, conditions }) =>
      resource === '*' &&
      conditions?.['StringEquals']?.['redshift-data:statement-owner-iam-userid'] !== undefined &&
      actions.every((one) => one.startsWith('redshift-data:')),
    reason: 'Statements have no ARN: IAM holds the caller to those that he began himself, by a condition.',
  },
  {
    id: 'model-tables',
    fits: (resource, { actions }) =>
      resource.endsWith(':table/lethe_models/*') && actions.every((one) => one.startsWith('glue:')),
    reason: 'A model more is a table more: all tables of the one database of the models.',
  },
  {
    id: 'usage-limits',
    fits: (resource, { actions }) =>
      resource.endsWith(':usagelimit/*') && actions.every((one) => /^redshift-serverless:\w+UsageLimit$/.test(one)),
    reason: 'A limit is named when it is made. There are no others in the account of a stage.',
  },
  {
    id: 'own-tasks',
    fits: (resource, { actions }) =>
      resource.endsWith(':task/lethe/*') && actions.every((one) => /^ecs:\w+TaskProtection$/.test(one)),
    reason: 'A task is named when it starts, and may only be kept: all of the one cluster.',
  },
  {
    id: 'schedules',
    fits: (resource, { actions }) =>
      resource.includes(':schedule/') && actions.every((one) => one.startsWith('scheduler:')),
    reason: 'Schedules are made by the step before a deployment, within the one group of the service.',
  },
  {
    id: 'revisions',
    fits: (resource, { actions }) =>
      resource.includes(':task-definition/') &&
      resource.endsWith('-migrate:*') &&
      actions.every((one) => one === 'ecs:RunTask'),
    reason: 'A deployment runs the newest revision of one definition, whose number nobody knows before.',
  },
  {
    id: 'definitions',
    fits: (resource, { actions }) => resource === '*' && actions.every((one) => one === 'ecs:DescribeTaskDefinition'),
    reason:
      'Definitions can be looked at all or not at all: IAM knows no resource for it. What is secret is not in them.',
  },
  {
    id: 'tasks',
    fits: (resource, { actions }) =>
      resource.endsWith(':task/lethe/*') && actions.every((one) => one === 'ecs:DescribeTasks'),
    reason: 'A task is named when it starts: those of the one cluster.',
  },
  {
    id: 'key-by-alias',
    fits: (resource, { actions }) => resource.endsWith(':key/*') && actions.every((one) => one === 'kms:Decrypt'),
    reason:
      'The stack of the pipeline is older than the key: a condition holds it to the one alias, by Secrets Manager.',
  },
  {
    id: 'distribution-by-tag',
    fits: (resource, { actions, conditions }) =>
      resource.endsWith(':distribution/*') &&
      conditions?.['StringEquals']?.['aws:ResourceTag/project'] !== undefined &&
      actions.every((one) => one === 'cloudfront:CreateInvalidation'),
    reason:
      'CloudFront makes up the id after the role was made: a condition holds it to what is tagged as the store’s.',
  },
  {
    id: 'log-streams',
    fits: (resource, { actions }) => resource.endsWith(':*') && actions.every((one) => one.startsWith('logs:')),
    reason: 'Streams of one log group: CloudWatch names a stream per task or container.',
  },
];

/** Acknowledges the wildcards of a policy that are listed, each by itself and with its reason. */
export function acknowledgeWildcards(policy: IConstruct, grants: readonly Grant[]): void {
  for (const grant of grants)
    for (const resource of grant.resources.filter((one) => one.includes('*'))) {
      const listed = WILDCARDS.find(({ fits }) => fits(resource, grant));
      if (listed === undefined) continue;
      const written = readableArn(Stack.of(policy).resolve(resource));
      acknowledge(policy, [`AwsSolutions-IAM5[Resource::${written}]`], listed.reason);
    }
}
