import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  SFNClient,
  StateMachineAlreadyExists,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { clientConfig } from '@lethe/aws';
import { type WorkflowResource, storeWorkflows } from '@lethe/contracts';
import { root } from './services.js';

/** Where the definitions of the store's state machines are. */
export const workflowsDir = join(root, 'apps', 'functions', 'workflows');

/** The definition of a workflow, in Amazon States Language. */
export function readWorkflow({ definition }: WorkflowResource): Promise<string> {
  return readFile(join(workflowsDir, definition), 'utf8');
}

/** Makes the store's state machines as their files say; executions under way keep to the definition they began with. */
export async function provisionWorkflows(region: string, accountId: string): Promise<void> {
  const sfn = new SFNClient(clientConfig({ region }));
  try {
    await Promise.all(storeWorkflows.map((workflow) => provision(sfn, workflow, `${region}:${accountId}`)));
  } finally {
    sfn.destroy();
  }
}

async function provision(sfn: SFNClient, workflow: WorkflowResource, place: string): Promise<void> {
  const { name } = workflow;
  const definition = await readWorkflow(workflow);
  // On this machine nobody assumes a role; its name is the one that the stack gives it.
  const roleArn = `arn:aws:iam::${place.split(':')[1]}:role/${name}`;
  try {
    await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  } catch (error) {
    if (!(error instanceof StateMachineAlreadyExists)) throw error;
    const stateMachineArn = `arn:aws:states:${place}:stateMachine:${name}`;
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  }
}
