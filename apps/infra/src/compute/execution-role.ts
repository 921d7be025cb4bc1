import type { Stack } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { taskPrincipal } from './service-role.js';

interface ExecutionRoleOptions {
  readonly service: string;
  readonly repository: IRepository;
  readonly logGroup: ILogGroup;
  readonly secrets: readonly ISecret[];
  readonly secretsKey: IKey;
}

/** The role of the agent that starts a service's tasks: it fetches the image and the secrets, the code cannot. */
export function executionRole(scope: Construct, stack: Stack, options: ExecutionRoleOptions): Role {
  const { service, repository, logGroup, secrets, secretsKey } = options;
  const role = new Role(scope, 'ExecutionRole', {
    roleName: `lethe-${service}-start`,
    assumedBy: taskPrincipal(stack),
    description: `What starting a task of ${service} takes.`,
  });
  new Grants(scope, 'ExecutionGrants', role, [
    { actions: ['ecr:GetAuthorizationToken'], resources: ['*'], because: 'signs in to the registry' },
    {
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [repository.repositoryArn],
      because: 'fetches the image',
    },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // An ARN of a log group ends in `:*`.
      resources: [logGroup.logGroupArn],
      because: 'writes the logs',
    },
    {
      actions: ['secretsmanager:GetSecretValue'],
      resources: secrets.map(({ secretArn }) => secretArn),
      because: 'fills the variables that are secrets',
    },
    keyGrant(scope, secretsKey.keyArn, ['secretsmanager'], 'secrets are encrypted'),
  ]);
  return role;
}
