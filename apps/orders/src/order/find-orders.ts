import { type OrderPage } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { isUuid, money } from '@lethe/kernel';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { InvalidValueError } from '../orders.errors.js';
import { LIST_ALL, LIST_MINE, type OrderSummaryRow } from './order.sql.js';

/** Above every id: where the first page begins. */
const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** A page of orders, newest first; `customerId` null for everyone's. Throws an {@link InvalidValueError} for a cursor not ours. */
export class FindOrders extends Query<OrderPage> {
  constructor(
    readonly customerId: string | null,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

/** Where the page after an order begins: opaque to callers, so that it can change. */
export function cursorAfter(orderId: string): string {
  return Buffer.from(orderId.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The order that a cursor points at. Throws an {@link InvalidValueError}. */
export function orderOfCursor(cursor: string): string {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isUuid(id) || cursorAfter(id) !== cursor) {
    throw new InvalidValueError('#query/cursor', 'is not a cursor of this list');
  }
  return id;
}

@QueryHandler(FindOrders)
export class FindOrdersHandler implements IQueryHandler<FindOrders> {
  constructor(private readonly database: Database) {}

  async execute({ customerId, limit, cursor }: FindOrders): Promise<OrderPage> {
    const below = cursor === undefined ? NEWEST : orderOfCursor(cursor);
    // One more than the page tells whether there is another.
    const rows =
      customerId === null
        ? await this.database.query<OrderSummaryRow>(LIST_ALL, [below, limit + 1])
        : await this.database.query<OrderSummaryRow>(LIST_MINE, [customerId, below, limit + 1]);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ id, status, total, currency, placed_at, reason }) => ({
        id,
        status,
        total: money(total, currency),
        placedAt: placed_at.toISOString(),
        ...(reason === null ? {} : { reason }),
      })),
      nextCursor: rows.length > limit && last ? cursorAfter(last.id) : null,
    };
  }
}
