import type { Stack } from 'aws-cdk-lib';
import { type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { serviceAccess, store } from '@lethe/contracts';
import { permissionsOf } from '@lethe/topology';
import type { Construct } from 'constructs';
import { UnknownResourceError } from '../infra.errors.js';
import { accessGrants } from '../permissions/access-grants.js';
import { Arns } from '../permissions/arns.js';
import type { Grant } from '../permissions/grant.js';
import { Grants } from '../permissions/grants.js';
import { messagingGrants } from '../permissions/messaging-grants.js';
import type { StoreKeys } from '../data/keys.stack.js';

interface ServiceRoleOptions {
  readonly service: string;
  readonly keys: StoreKeys;
  readonly proxyArn: string;
  readonly mailDomain: string;
  readonly userPoolArn?: string | undefined;
}

/** Only tasks of this account: the confused-deputy condition of the ECS guide. */
export function taskPrincipal(stack: Stack): ServicePrincipal {
  return new ServicePrincipal('ecs-tasks.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
  });
}

/** The role of a service's code, `lethe-<service>`: what its topology and its access declare, and nothing more (S57). */
export function serviceRole(scope: Construct, stack: Stack, options: ServiceRoleOptions): Role & IGrantable {
  const { service: name, keys, proxyArn, mailDomain, userPoolArn } = options;
  const service = store.services.find((one) => one.name === name);
  if (service === undefined) throw new UnknownResourceError('service', name);
  const role = new Role(scope, 'TaskRole', {
    roleName: `lethe-${name}`,
    assumedBy: taskPrincipal(stack),
    description: `What the code of ${name} may do.`,
  });
  const grants: Grant[] = [
    ...messagingGrants(scope, permissionsOf(store, service), keys.messages.keyArn),
    ...accessGrants(scope, serviceAccess[name] ?? {}, { keys, mailDomain, userPoolArn }),
    databaseGrant(scope, proxyArn, name),
    { actions: ['xray:PutSpans', 'xray:PutSpansForIndexing'], resources: ['*'], because: 'sends traces' },
  ];
  new Grants(scope, 'Grants', role, grants);
  return role;
}

/** The role of a service's one-off step before a deployment. */
export function migrationRole(scope: Construct, stack: Stack, options: ServiceRoleOptions, passRoleArn: string): Role {
  const { service, proxyArn, userPoolArn } = options;
  const arns = new Arns(scope);
  const group = `lethe-${service}`;
  const role = new Role(scope, 'MigrationRole', {
    roleName: `lethe-${service}-migrate`,
    assumedBy: taskPrincipal(stack),
    description: `What the step before a deployment of ${service} may do.`,
  });
  const schedules: Grant[] = [
    {
      actions: [
        'scheduler:CreateSchedule',
        'scheduler:DeleteSchedule',
        'scheduler:GetSchedule',
        'scheduler:UpdateSchedule',
      ],
      resources: [arns.scheduleGroup(group, '*')],
      because: 'keeps the schedules of the service in line',
    },
    {
      actions: ['scheduler:CreateScheduleGroup', 'scheduler:ListSchedules'],
      resources: [arns.scheduleGroup(group), arns.scheduleGroup(group, '*')],
      because: 'makes and lists the group of its schedules',
    },
    {
      actions: ['iam:PassRole'],
      resources: [passRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      because: 'schedules send in a role of their own',
    },
  ];
  new Grants(scope, 'MigrationGrants', role, [
    databaseGrant(scope, proxyArn, service),
    ...(serviceAccess[service]?.schedules === true ? schedules : []),
    ...(serviceAccess[service]?.userPool === true && userPoolArn !== undefined ? [poolAdminGrant(userPoolArn)] : []),
  ]);
  return role;
}

function databaseGrant(scope: Construct, proxyArn: string, user: string): Grant {
  return {
    actions: ['rds-db:connect'],
    resources: [new Arns(scope).databaseUser(proxyArn, user)],
    because: 'signs in to its own database',
  };
}

/** What auth's `ensurePoolAdmin` does. */
function poolAdminGrant(userPoolArn: string): Grant {
  return {
    actions: [
      'cognito-idp:AdminAddUserToGroup',
      'cognito-idp:AdminCreateUser',
      'cognito-idp:AdminSetUserPassword',
      'cognito-idp:AdminUserGlobalSignOut',
      'cognito-idp:CreateGroup',
    ],
    resources: [userPoolArn],
    because: 'makes the groups that are roles, and the admin',
  };
}
