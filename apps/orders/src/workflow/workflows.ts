import type { Workflow } from '@lethe/contracts';

/** What begins a workflow. */
export interface WorkflowStart {
  readonly workflow: Workflow;
  /** The idempotency key: an execution of this name is started once. */
  readonly executionName: string;
  readonly input: Readonly<Record<string, string | number | boolean>>;
}

/** The port to whatever runs workflows. Also the injection token. */
export abstract class Workflows {
  /** Starts an execution, or does nothing where one of that name was started before. Throws what the client throws. */
  abstract start(start: WorkflowStart): Promise<void>;
}
