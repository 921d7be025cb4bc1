import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, PhysicalResourceId, PhysicalResourceIdReference } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { StoreKeys } from '../data/keys.stack.js';
import { Grants } from '../permissions/grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';

interface UsageLimitOptions {
  readonly stage: StageDefinition;
  readonly keys: StoreKeys;
  readonly workgroupArn: string;
}

const SERVICE = 'redshift-serverless';

/** RPU hours of a day: a query that goes astray costs this much, and no more. CloudFormation has no resource for it. */
export function addUsageLimit(scope: Construct, options: UsageLimitOptions): void {
  const logGroup = new LogGroup(scope, 'LimitLogs', {
    logGroupName: '/lethe/deployment/warehouse-limit',
    encryptionKey: options.keys.logs,
    retention: retentionOf(options.stage),
  });
  const { role, grants } = limitRole(scope, options, logGroup);
  const amount = options.stage.warehouse.unitHoursPerDay;
  const created = {
    resourceArn: options.workgroupArn,
    usageType: 'serverless-compute',
    period: 'daily',
    amount,
    breachAction: 'deactivate',
  };
  const usageLimitId = new PhysicalResourceIdReference();
  const limit = new AwsCustomResource(scope, 'Limit', {
    resourceType: 'Custom::WarehouseLimit',
    role: role.withoutPolicyUpdates(),
    logGroup,
    installLatestAwsSdk: false,
    onCreate: {
      service: SERVICE,
      action: 'createUsageLimit',
      parameters: created,
      physicalResourceId: PhysicalResourceId.fromResponse('usageLimit.usageLimitId'),
    },
    onUpdate: { service: SERVICE, action: 'updateUsageLimit', parameters: { usageLimitId, amount } },
    onDelete: { service: SERVICE, action: 'deleteUsageLimit', parameters: { usageLimitId } },
  });
  limit.node.addDependency(grants);
  acknowledge(
    Stack.of(scope),
    ['AwsSolutions-L1'],
    "CDK's own function, which calls AWS once in a deployment, has the runtime that CDK was tested with.",
  );
}

function limitRole(scope: Construct, { workgroupArn }: UsageLimitOptions, logGroup: LogGroup) {
  const role = new Role(scope, 'LimitRole', {
    roleName: 'lethe-warehouse-limit',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Sets what the warehouse may cost, when it is deployed.',
  });
  const limits = Stack.of(scope).formatArn({ service: SERVICE, resource: 'usagelimit', resourceName: '*' });
  const grants = new Grants(scope, 'LimitGrants', role, [
    { actions: [`${SERVICE}:CreateUsageLimit`], resources: [workgroupArn], because: 'limits the workgroup' },
    {
      actions: [`${SERVICE}:DeleteUsageLimit`, `${SERVICE}:UpdateUsageLimit`],
      resources: [limits],
      because: 'changes the limit that it has set',
    },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
      because: 'writes its logs',
    },
  ]);
  return { role, grants };
}
