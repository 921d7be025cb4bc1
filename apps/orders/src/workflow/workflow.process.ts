import { StartWorkflow, ordersService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BeginWorkflow } from './begin-workflow.js';

/** What the service tells itself about workflows. */
@Controller()
export class WorkflowProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(ordersService, StartWorkflow)
  async startWorkflow(message: MessageOf<typeof StartWorkflow>): Promise<void> {
    await this.commands.execute(new BeginWorkflow(message));
  }
}
