import type { OpenApprovals } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { money } from '@lethe/kernel';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { OPEN_APPROVALS, type OpenApprovalRow } from './fulfilment.sql.js';

/** What workflows wait for the staff to decide, the oldest first; at most a hundred. */
export class FindOpenApprovals extends Query<OpenApprovals> {}

@QueryHandler(FindOpenApprovals)
export class FindOpenApprovalsHandler implements IQueryHandler<FindOpenApprovals> {
  constructor(private readonly database: Database) {}

  async execute(): Promise<OpenApprovals> {
    const rows = await this.database.query<OpenApprovalRow>(OPEN_APPROVALS, []);
    return {
      items: rows.map(({ order_id: orderId, subject, amount, currency, asked_at }) => ({
        orderId,
        subject,
        amount: money(amount, currency),
        askedAt: asked_at.toISOString(),
      })),
    };
  }
}
