import { StartWorkflow, type ordersService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Workflows } from './workflows.js';

/** Until a start is tried again that was not taken. */
const AGAIN_MS = 10_000;

/**
 * Starts the workflow that a commit asked for. Its name lets it start once, however often this comes. Where it is not
 * taken it is asked for again later, as long as that takes: an order or a refund must not end in a dead-letter queue.
 */
export class BeginWorkflow extends Command<void> {
  constructor(readonly message: Pick<MessageOf<typeof StartWorkflow>, 'id' | 'data'>) {
    super();
  }
}

@CommandHandler(BeginWorkflow)
export class BeginWorkflowHandler implements ICommandHandler<BeginWorkflow> {
  private readonly logger = new Logger('BeginWorkflow');

  constructor(
    private readonly workflows: Workflows,
    private readonly units: UnitOfWork<typeof ordersService>,
  ) {}

  async execute({ message }: BeginWorkflow): Promise<void> {
    const { data } = message;
    try {
      await this.workflows.start(data);
    } catch (error) {
      this.logger.warn(`${data.workflow} ${data.executionName} is not started yet: ${String(error)}`);
      await this.units.once(message, async ({ schedule }) => {
        schedule(StartWorkflow, data, { key: data.executionName, deliverAt: Date.now() + AGAIN_MS });
      });
    }
  }
}
