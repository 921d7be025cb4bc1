import { ReconcilePayments, RunReconciliation, ordersService } from '@lethe/contracts';
import { Handles, SqsContext } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { AskReconciliationAtTick } from './ask-reconciliation.js';
import { PerformReconciliation } from './run-reconciliation.js';

/** What messages ask of the reconciliation. */
@Controller()
export class ReconciliationProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(ordersService, ReconcilePayments)
  async onSchedule(message: MessageOf<typeof ReconcilePayments>): Promise<void> {
    await this.commands.execute(new AskReconciliationAtTick(message));
  }

  @Handles(ordersService, RunReconciliation)
  async onRun(message: MessageOf<typeof RunReconciliation>, context: SqsContext): Promise<void> {
    await this.commands.execute(new PerformReconciliation(message, context.signal));
  }
}
