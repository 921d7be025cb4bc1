import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { type WorkflowResource, storeFunctions, storeWorkflows } from '@lethe/contracts';
import type { Construct } from 'constructs';
import { MissingSourceError } from '../infra.errors.js';
import { Arns } from '../permissions/arns.js';
import { Grants } from '../permissions/grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import type { Stack } from 'aws-cdk-lib';

interface WorkflowsOptions {
  readonly stage: StageDefinition;
  readonly logsKey: IKey;
  /** The folder with the definitions, the same that run on the embedded Step Functions. */
  readonly definitions: string;
}

/** The state machines of the contracts, each from its file as it is. Throws a {@link MissingSourceError}. */
export function addWorkflows(scope: Stack, { stage, logsKey, definitions }: WorkflowsOptions): void {
  for (const workflow of storeWorkflows) {
    const file = join(definitions, workflow.definition);
    if (!existsSync(file)) throw new MissingSourceError(file, 'it is part of the source');
    addWorkflow(scope, workflow, readFileSync(file, 'utf8'), { stage, logsKey });
  }
}

/** The functions that a definition names. */
function functionsIn(definition: string): string[] {
  return storeFunctions.map(({ name }) => name).filter((name) => definition.includes(`"${name}"`));
}

/** The role of a state machine: it invokes the functions that its definition names. */
function workflowRole(
  scope: Construct & Stack,
  { workflow, name }: Pick<WorkflowResource, 'workflow' | 'name'>,
  definition: string,
): Role {
  const arns = new Arns(scope);
  const role = new Role(scope, `${workflow}-role`, {
    roleName: name,
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': scope.account } },
    }),
    description: `What the state machine ${workflow} may do.`,
  });
  new Grants(scope, `${workflow}-grants`, role, [
    {
      actions: ['lambda:InvokeFunction'],
      resources: functionsIn(definition).map((one) => arns.function(one)),
      because: 'its steps are functions',
    },
    {
      actions: [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
      ],
      resources: ['*'],
      because: 'has CloudWatch deliver its history',
    },
    {
      actions: [
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      resources: ['*'],
      because: 'sends traces',
    },
  ]);
  return role;
}

function addWorkflow(
  scope: Construct & Stack,
  { workflow, name }: WorkflowResource,
  definition: string,
  { stage, logsKey }: Pick<WorkflowsOptions, 'stage' | 'logsKey'>,
): void {
  const role = workflowRole(scope, { workflow, name }, definition);
  new StateMachine(scope, workflow, {
    stateMachineName: name,
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromString(definition),
    role: role.withoutPolicyUpdates(),
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, `${workflow}-logs`, {
        // Step Functions takes names of log groups that begin so, of which one policy allows any number.
        logGroupName: `/aws/vendedlogs/states/${name}`,
        encryptionKey: logsKey,
        retention: retentionOf(stage),
      }),
      level: LogLevel.ALL,
      // Orders and customers are in what steps are given.
      includeExecutionData: false,
    },
  });
}
