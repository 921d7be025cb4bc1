import type { Difference, Reconciliation, ReconciliationQuery } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReconciliationNotFoundError } from '../orders.errors.js';
import { type DifferenceRow, READ, READ_DIFFERENCES, type ReconciliationRow } from './reconciliation.sql.js';

/** A reconciliation with a page of its differences. Throws a {@link ReconciliationNotFoundError}. */
export class GetReconciliation extends Query<Reconciliation> {
  constructor(
    readonly id: string,
    readonly page: ReconciliationQuery,
  ) {
    super();
  }
}

@QueryHandler(GetReconciliation)
export class GetReconciliationHandler implements IQueryHandler<GetReconciliation> {
  constructor(private readonly database: Database) {}

  async execute({ id, page: { limit, cursor } }: GetReconciliation): Promise<Reconciliation> {
    const after = Number(cursor ?? 0);
    const [run] = await this.database.query<ReconciliationRow>(READ, [id]);
    if (!run) throw new ReconciliationNotFoundError();
    const rows = await this.database.query<DifferenceRow>(READ_DIFFERENCES, [id, after, limit + 1]);
    return {
      id,
      status: run.status,
      from: run.from_at.toISOString(),
      to: run.to_at.toISOString(),
      requestedAt: run.requested_at.toISOString(),
      ...(run.until_at && { until: run.until_at.toISOString() }),
      ...(run.finished_at && { finishedAt: run.finished_at.toISOString() }),
      ...(run.scheduled_at && { scheduledAt: run.scheduled_at.toISOString() }),
      payments: run.payments,
      refunds: run.refunds,
      differences: run.differences,
      items: rows.slice(0, limit).map(differenceOf),
      // Positions are 1, 2, 3 …: the last of a page is where the next begins.
      nextCursor: rows.length > limit ? String(after + limit) : null,
    };
  }
}

function differenceOf(row: DifferenceRow): Difference {
  return {
    kind: row.kind,
    subject: row.subject,
    ...(row.order_id !== null && { orderId: row.order_id }),
    ...(row.payment_id !== null && { paymentId: row.payment_id }),
    ...(row.refund_id !== null && { refundId: row.refund_id }),
    ...(row.ours !== null && { ours: row.ours }),
    ...(row.theirs !== null && { theirs: row.theirs }),
  };
}
