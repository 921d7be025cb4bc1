import { type OrderPage, type OrderQuery, orderStatusSchema } from '@lethe/contracts';
import { Database, type Statement } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { InvalidValueError } from '../orders.errors.js';
import { summaryOf } from './find-orders.js';
import { NEWEST, type OrderCursor, readCursor, writeCursor } from './order-cursor.js';
import {
  type FoundOrderRow,
  LAST_OF_CUSTOMER,
  LAST_OF_PRODUCT,
  SEARCH_CUSTOMER,
  SEARCH_PRODUCT,
  SEARCH_STATES,
} from './search-orders.sql.js';

/** What orders are searched by, and which page. */
export type OrderSearch = Pick<OrderQuery, 'customer' | 'status' | 'product' | 'from' | 'to' | 'limit' | 'cursor'>;

/** Whether it is a search, or the plain list. */
export function isSearch({ customer, status, product, from, to }: OrderSearch): boolean {
  return [customer, status, product, from, to].some((criterion) => criterion !== undefined);
}

/**
 * A page of the orders that meet all criteria. By state and date: newest first by when they were placed. By customer or
 * product: newest first by when they came in; so many of them are looked at for a page, which may have fewer orders than
 * asked for and still be followed by another. Throws an {@link InvalidValueError} for a cursor that is not of this
 * search, and for a period that ends before it begins.
 */
export class SearchOrders extends Query<OrderPage> {
  constructor(readonly search: OrderSearch) {
    super();
  }
}

interface Found {
  readonly rows: readonly FoundOrderRow[];
  readonly next: OrderCursor | undefined;
}

@QueryHandler(SearchOrders)
export class SearchOrdersHandler implements IQueryHandler<SearchOrders> {
  constructor(private readonly database: Database) {}

  async execute({ search }: SearchOrders): Promise<OrderPage> {
    const byId = search.customer !== undefined || search.product !== undefined;
    const { rows, next } = byId ? await this.amongOne(search) : await this.amongAll(search);
    return {
      items: rows.map((row) => ({ ...summaryOf(row), customer: row.customer_id })),
      nextCursor: next ? writeCursor(next) : null,
    };
  }

  private async amongAll({ status, limit, cursor, ...period }: OrderSearch): Promise<Found> {
    const { from, to } = boundsOf(period);
    const start = cursor === undefined ? undefined : readCursor(cursor, 'placed');
    // Nothing is below the least id: the first page ends before `to`.
    const before = start ? [start.placedAt, start.id] : [to, '00000000-0000-0000-0000-000000000000'];
    const states = status === undefined ? orderStatusSchema.options : [status];
    const found = await this.database.query<FoundOrderRow>(SEARCH_STATES, [states, from, ...before, limit + 1]);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const more = found.length > limit && last !== undefined;
    return { rows, next: more ? { by: 'placed', placedAt: last.placed_at, id: last.id } : undefined };
  }

  /** Among the orders of one customer, or with one product. */
  private async amongOne({ customer, product, status, limit, cursor, ...period }: OrderSearch): Promise<Found> {
    const { from, to } = boundsOf(period);
    const below = cursor === undefined ? NEWEST : readCursor(cursor, 'id').id;
    const rest = [status ?? null, from, to, limit + 1];
    const [search, last, whose, further]: [Statement, Statement, unknown, unknown[]] =
      customer === undefined
        ? [SEARCH_PRODUCT, LAST_OF_PRODUCT, product, []]
        : [SEARCH_CUSTOMER, LAST_OF_CUSTOMER, customer, [product ?? null]];
    const found = await this.database.query<FoundOrderRow>(search, [whose, below, ...rest, ...further]);
    if (found.length > limit) {
      const rows = found.slice(0, limit);
      return { rows, next: { by: 'id', id: rows.at(-1)?.id ?? below } };
    }
    const [end] = await this.database.query<{ id: string }>(last, [whose, below]);
    return { rows: found, next: end && { by: 'id', id: end.id } };
  }
}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** From included, to excluded; as a date, to means the whole day, in UTC. Throws an {@link InvalidValueError}. */
function boundsOf({ from, to }: Pick<OrderSearch, 'from' | 'to'>): { from: Date | string; to: Date | string } {
  const begin = from === undefined ? undefined : new Date(from);
  const end = to === undefined ? undefined : new Date(Date.parse(to) + (DATE.test(to) ? DAY_MS : 0));
  if (begin && end && begin >= end) throw new InvalidValueError('#query/to', 'must be after from');
  return { from: begin ?? '-infinity', to: end ?? 'infinity' };
}
