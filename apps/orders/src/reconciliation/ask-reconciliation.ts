import {
  type CreateReconciliation,
  type ReconcilePayments,
  RunReconciliation,
  type ordersService,
} from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ASK, ASK_AT_TICK } from './reconciliation.sql.js';

/** Asks for the comparison of a period and gives its id; in a transaction that is open, where there is one. */
export class AskReconciliation extends Command<string> {
  constructor(
    readonly period: CreateReconciliation,
    readonly tx: Tx | undefined,
  ) {
    super();
  }
}

@CommandHandler(AskReconciliation)
export class AskReconciliationHandler implements ICommandHandler<AskReconciliation> {
  constructor(private readonly units: UnitOfWork<typeof ordersService>) {}

  execute({ period, tx: open }: AskReconciliation): Promise<string> {
    return this.units.within(open, async ({ tx, emit }) => {
      const reconciliationId = uuidv7();
      await tx.query(ASK, [reconciliationId, period.from, period.to]);
      emit(RunReconciliation, { reconciliationId }, { key: reconciliationId });
      return reconciliationId;
    });
  }
}

/** Asks for what is due at a tick of the schedule; once per tick, whoever sent it and however often (R29). */
export class AskReconciliationAtTick extends Command<void> {
  constructor(readonly message: MessageOf<typeof ReconcilePayments>) {
    super();
  }
}

@CommandHandler(AskReconciliationAtTick)
export class AskReconciliationAtTickHandler implements ICommandHandler<AskReconciliationAtTick> {
  constructor(private readonly units: UnitOfWork<typeof ordersService>) {}

  async execute({ message }: AskReconciliationAtTick): Promise<void> {
    await this.units.once(message, async ({ tx, emit }) => {
      const reconciliationId = uuidv7();
      const [asked] = await tx.query(ASK_AT_TICK, [reconciliationId, message.data.scheduledAt]);
      if (asked !== undefined) emit(RunReconciliation, { reconciliationId }, { key: reconciliationId });
    });
  }
}
