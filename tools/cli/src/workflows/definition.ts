import { storeWorkflows, type WorkflowResource } from '@lethe/contracts';
import { readWorkflow } from '@lethe/store';
import { z } from 'zod';
import { CommandFailed } from '../output.js';

const errorsSchema = z.looseObject({ ErrorEquals: z.array(z.string()), Next: z.string().default('') });
const stateSchema = z.looseObject({
  Type: z.string(),
  Comment: z.string().optional(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.looseObject({ Next: z.string() })).default([]),
  Catch: z.array(errorsSchema).default([]),
  Retry: z.array(z.looseObject({ MaxAttempts: z.int().default(3) })).default([]),
  TimeoutSeconds: z.int().optional(),
  Parameters: z
    .looseObject({
      FunctionName: z.string().optional(),
      Payload: z.looseObject({ step: z.string().optional() }).optional(),
    })
    .optional(),
});
const definitionSchema = z.looseObject({
  Comment: z.string().default(''),
  StartAt: z.string(),
  States: z.record(z.string(), stateSchema),
});

/** As much of a definition in Amazon States Language as the commands show. */
export type Definition = z.output<typeof definitionSchema>;
export type State = z.output<typeof stateSchema>;

/** The workflow of that name, as deployed or without `lethe-`. Throws a {@link CommandFailed} that names those there are. */
export function workflowNamed(name: string): WorkflowResource {
  const found = storeWorkflows.find((workflow) => workflow.workflow === name || workflow.name === name);
  if (found !== undefined) return found;
  throw new CommandFailed(
    `no workflow ${name}: there are ${storeWorkflows.map(({ workflow }) => workflow).join(', ')}`,
  );
}

/** The definition of a workflow, as its file has it. */
export async function definitionOf(workflow: WorkflowResource): Promise<Definition> {
  return definitionSchema.parse(JSON.parse(await readWorkflow(workflow)));
}
