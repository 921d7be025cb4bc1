import { type OrderPage } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { money } from '@lethe/kernel';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { NEWEST, readCursor, writeCursor } from './order-cursor.js';
import { LIST_ALL, LIST_MINE, type OrderSummaryRow } from '../order/order.sql.js';

/** A page of orders, newest first; `customerId` null for everyone's. Throws an `InvalidValueError` for a cursor not ours. */
export class FindOrders extends Query<OrderPage> {
  constructor(
    readonly customerId: string | null,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(FindOrders)
export class FindOrdersHandler implements IQueryHandler<FindOrders> {
  constructor(private readonly database: Database) {}

  async execute({ customerId, limit, cursor }: FindOrders): Promise<OrderPage> {
    const below = cursor === undefined ? NEWEST : readCursor(cursor, 'id').id;
    // One more than the page tells whether there is another.
    const rows =
      customerId === null
        ? await this.database.query<OrderSummaryRow>(LIST_ALL, [below, limit + 1])
        : await this.database.query<OrderSummaryRow>(LIST_MINE, [customerId, below, limit + 1]);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(summaryOf),
      nextCursor: rows.length > limit && last ? writeCursor({ by: 'id', id: last.id }) : null,
    };
  }
}

/** An order as lists show it. */
export function summaryOf({
  id,
  status,
  total,
  currency,
  placed_at,
  reason,
}: OrderSummaryRow): OrderPage['items'][number] {
  return {
    id,
    status,
    total: money(total, currency),
    placedAt: placed_at.toISOString(),
    ...(reason === null ? {} : { reason }),
  };
}
