import type { Approval, DecideApproval } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOfChange } from '../order/order.rows.js';
import { ApprovalDecidedError, ApprovalNotAskedError } from '../orders.errors.js';
import { type ApprovalRow, DECIDE_APPROVAL, LOCK_APPROVAL } from './fulfilment.sql.js';

/**
 * The staff decides what a workflow waits for, once: the same again changes nothing. Throws an
 * {@link ApprovalNotAskedError}, an {@link ApprovalDecidedError}.
 */
export class DecideOnApproval extends Command<Approval> {
  constructor(
    readonly orderId: string,
    readonly request: DecideApproval,
  ) {
    super();
  }
}

@CommandHandler(DecideOnApproval)
export class DecideOnApprovalHandler implements ICommandHandler<DecideOnApproval> {
  constructor(private readonly database: Database) {}

  execute({ orderId, request: { subject, decision } }: DecideOnApproval): Promise<Approval> {
    return this.database.transaction(async (tx) => {
      const [asked] = await tx.query<ApprovalRow>(LOCK_APPROVAL, [orderId, subject]);
      if (!asked) throw new ApprovalNotAskedError();
      if (asked.decision !== null && asked.decision !== decision) throw new ApprovalDecidedError(asked.decision);
      const [decided = asked] =
        asked.decision === null
          ? await tx.query<ApprovalRow>(DECIDE_APPROVAL, [orderId, subject, decision, actorOfChange()])
          : [];
      return { subject, decision, decidedAt: (decided.decided_at ?? new Date()).toISOString() };
    });
  }
}
