import { defineCommand } from '@lethe/topology';
import { z } from 'zod';

/** Processes that take longer than a message: state machines in Amazon States Language, in `apps/functions/workflows`. */
export const workflowSchema = z.enum(['fulfilment', 'refund']);
export type Workflow = z.output<typeof workflowSchema>;

/** A state machine of the store. */
export interface WorkflowResource {
  readonly workflow: Workflow;
  /** Of the state machine. */
  readonly name: string;
  /** The file with its definition, in `apps/functions/workflows`. */
  readonly definition: string;
}

/** The name under which a workflow's state machine is deployed. */
export const stateMachineName = (workflow: Workflow): string => `lethe-${workflow}`;

export const storeWorkflows: readonly WorkflowResource[] = workflowSchema.options.map((workflow) => ({
  workflow,
  name: stateMachineName(workflow),
  definition: `${workflow}.asl.json`,
}));

/**
 * What Step Functions takes for the name of an execution, in the part of it that needs no care
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html). It is the idempotency key: of
 * two executions with one name the second is not started.
 */
export const executionNameSchema = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/);

export const StartWorkflow = defineCommand({
  owner: 'orders',
  name: 'start-workflow',
  version: 1,
  description: 'Start an execution of a workflow, unless one of that name was started before.',
  data: z.object({
    workflow: workflowSchema,
    executionName: executionNameSchema,
    input: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
});
