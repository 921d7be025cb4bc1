import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { clientConfig } from '@lethe/aws';
import { type Workflow, stateMachineName } from '@lethe/contracts';
import { type WorkflowStart, Workflows } from './workflows.js';

/** Where the state machines are. */
export interface StepFunctionsOptions {
  readonly region: string;
  readonly accountId: string;
}

/** Workflows as state machines of Step Functions; the endpoint is the SDK's own business (`AWS_ENDPOINT_URL_SFN`). */
export class StepFunctions extends Workflows {
  readonly #client: SFNClient;

  constructor(private readonly options: StepFunctionsOptions) {
    super();
    this.#client = new SFNClient(clientConfig({ region: options.region }));
  }

  override async start({ workflow, executionName: name, input }: WorkflowStart): Promise<void> {
    const request = { stateMachineArn: this.#arnOf(workflow), name, input: JSON.stringify(input) };
    try {
      await this.#client.send(new StartExecutionCommand(request));
    } catch (error) {
      // It ran already, and has ended: while it runs, Step Functions answers the same start in the same way.
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  #arnOf(workflow: Workflow): string {
    const { region, accountId } = this.options;
    return `arn:aws:states:${region}:${accountId}:stateMachine:${stateMachineName(workflow)}`;
  }
}
