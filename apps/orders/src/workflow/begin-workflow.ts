import type { StartWorkflow } from '@lethe/contracts';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Workflows } from './workflows.js';

/** Starts the workflow that a commit asked for. Where that fails the message comes again; the name lets it start once. */
export class BeginWorkflow extends Command<void> {
  constructor(readonly message: MessageOf<typeof StartWorkflow>) {
    super();
  }
}

@CommandHandler(BeginWorkflow)
export class BeginWorkflowHandler implements ICommandHandler<BeginWorkflow> {
  constructor(private readonly workflows: Workflows) {}

  execute({ message: { data } }: BeginWorkflow): Promise<void> {
    return this.workflows.start(data);
  }
}
