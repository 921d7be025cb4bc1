import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { storeServices } from '@lethe/contracts';
import {
  BASE_PARAMETER,
  CLUSTER,
  COMMIT_PARAMETER,
  DATABASE_ADMIN_PARAMETER,
  DATABASE_CLUSTER_PARAMETER,
  WEB_BUCKET_PARAMETER,
  WEB_DISTRIBUTION_PARAMETER,
  WEB_PAGES_PARAMETER,
  digestParameter,
  migrationName,
  recordsBucket,
  repositoryName,
  webBucket,
  webName,
  workerName,
} from '@lethe/delivery';
import type { Grant } from '../permissions/grant.js';

const parameter = (stack: Stack, name: string): string =>
  stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });
const colon = (stack: Stack, service: string, resource: string, resourceName: string): string =>
  stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
const role = (stack: Stack, resourceName: string): string =>
  stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
/** What begins so in the bucket of the delivery. By name: a role that names what it uses depends on no other stack. */
export const objects = (stack: Stack, prefix: string): string =>
  `arn:${stack.partition}:s3:::${recordsBucket(stack.account, stack.region)}/${prefix}*`;
const names = storeServices.map(({ name }) => name);

/** What building images takes, and with `record` writing down what has come through. */
export function buildGrants(stack: Stack, { record }: { readonly record: boolean }): Grant[] {
  return [
    { actions: ['ecr:GetAuthorizationToken'], resources: ['*'], because: 'signs in to the registry' },
    {
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImageScanFindings',
        'ecr:DescribeImages',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: names.map((name) =>
        stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: repositoryName(name) }),
      ),
      because: 'pushes images that are not there yet, and looks at their scans',
    },
    { actions: ['s3:PutObject'], resources: [objects(stack, 'sbom/')], because: 'writes bills of materials' },
    baseGrant(stack),
    ...(record ? [recordGrant(stack)] : []),
  ];
}

export const baseGrant = (stack: Stack): Grant => ({
  actions: ['ssm:GetParameter'],
  resources: [parameter(stack, BASE_PARAMETER)],
  because: 'compares with the last commit deployed',
});

export const recordGrant = (stack: Stack): Grant => ({
  actions: ['ssm:PutParameter'],
  resources: [parameter(stack, BASE_PARAMETER)],
  because: 'writes down the commit that has come through',
});

/** What taking a commit to a stage takes there: as much as its steps do, and nothing of what the stage holds. */
export function deployGrants(stack: Stack): Grant[] {
  const inCluster = {
    ArnEquals: { 'ecs:cluster': stack.formatArn({ service: 'ecs', resource: 'cluster', resourceName: CLUSTER }) },
  };
  const ecs = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'ecs', resource, resourceName });
  const services = names.flatMap((name) => [webName(name), workerName(name)]);
  return [
    {
      actions: ['sts:AssumeRole'],
      resources: [...new Set([stack.region, 'us-east-1'])].flatMap((region) => bootstrapRoles(stack, region)),
      because: 'CDK deploys the stacks by the roles of its bootstrap',
    },
    {
      actions: ['ssm:GetParameter', 'ssm:PutParameter'],
      resources: [COMMIT_PARAMETER, WEB_PAGES_PARAMETER, ...names.map(digestParameter)].map((name) =>
        parameter(stack, name),
      ),
      because: 'reads and writes which digests, which pages and which commit the stage runs',
    },
    {
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: services.map((name) => ecs('service', `${CLUSTER}/${name}`)),
      because: 'switches workers over, and looks at what runs',
    },
    { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'], because: 'finds the newest task definitions' },
    {
      actions: ['ecs:RunTask'],
      resources: names.map((name) => ecs('task-definition', `${migrationName(name)}:*`)),
      conditions: inCluster,
      because: 'runs the step before a deployment',
    },
    {
      actions: ['ecs:DescribeTasks'],
      resources: [ecs('task', `${CLUSTER}/*`)],
      because: 'waits for the end of the step before a deployment',
    },
    {
      actions: ['iam:PassRole'],
      resources: names.flatMap((name) => [role(stack, `lethe-${name}-migrate`), role(stack, `lethe-${name}-start`)]),
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      because: 'the step before a deployment has roles of its own',
    },
    ...databaseGrants(stack),
    ...codedeployGrants(stack),
    ...pagesGrants(stack),
  ];
}

/** The Data API asks for the administrator's secret in the name of whoever calls it. */
function databaseGrants(stack: Stack): Grant[] {
  return [
    {
      actions: ['ssm:GetParameter'],
      resources: [DATABASE_CLUSTER_PARAMETER, DATABASE_ADMIN_PARAMETER].map((name) => parameter(stack, name)),
      because: 'finds the database of the stage',
    },
    {
      actions: ['rds-data:ExecuteStatement'],
      resources: [colon(stack, 'rds', 'cluster', CLUSTER)],
      because: 'makes a database and a user for each service',
    },
    {
      actions: ['secretsmanager:GetSecretValue'],
      // Six characters that Secrets Manager makes up.
      resources: [colon(stack, 'secretsmanager', 'secret', 'lethe/database/admin-??????')],
      because: 'makes them as the administrator of the database',
    },
    {
      actions: ['kms:Decrypt'],
      resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      conditions: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/lethe/secrets' },
      },
      because: 'the secret of the administrator is encrypted',
    },
  ];
}

/** By name: the role is older than the stacks of the stage. */
function pagesGrants(stack: Stack): Grant[] {
  const bucket = `arn:${stack.partition}:s3:::${webBucket(stack.account, stack.region)}`;
  return [
    {
      actions: ['ssm:GetParameter'],
      resources: [WEB_BUCKET_PARAMETER, WEB_DISTRIBUTION_PARAMETER].map((name) => parameter(stack, name)),
      because: 'finds where the pages go',
    },
    { actions: ['s3:ListBucket'], resources: [bucket], because: 'finds pages that are no more' },
    {
      actions: ['s3:DeleteObject', 's3:PutObject'],
      resources: [`${bucket}/*`],
      because: 'puts pages there, and takes away those that are no more',
    },
    {
      actions: ['cloudfront:CreateInvalidation'],
      resources: [stack.formatArn({ service: 'cloudfront', region: '', resource: 'distribution', resourceName: '*' })],
      conditions: { StringEquals: { 'aws:ResourceTag/project': 'lethe' } },
      because: 'tells CloudFront which pages have changed',
    },
  ];
}

function codedeployGrants(stack: Stack): Grant[] {
  return [
    {
      actions: ['codedeploy:CreateDeployment', 'codedeploy:GetDeployment'],
      resources: names.map((name) =>
        colon(stack, 'codedeploy', 'deploymentgroup', `${webName(name)}/${webName(name)}`),
      ),
      because: 'switches services over, a tenth of the requests first',
    },
    {
      actions: ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
      resources: names.map((name) => colon(stack, 'codedeploy', 'application', webName(name))),
      because: 'tells CodeDeploy the task definition to switch to',
    },
    {
      actions: ['codedeploy:GetDeploymentConfig'],
      resources: [colon(stack, 'codedeploy', 'deploymentconfig', 'CodeDeployDefault.ECSCanary10Percent5Minutes')],
      because: 'CodeDeploy asks that of whoever begins a deployment',
    },
  ];
}

/** Source: "AWS CDK bootstrapping": the roles of the default qualifier by which stacks and files are deployed. */
const bootstrapRoles = (stack: Stack, region: string): string[] =>
  ['deploy', 'file-publishing'].map((kind) => role(stack, `cdk-hnb659fds-${kind}-role-${stack.account}-${region}`));
