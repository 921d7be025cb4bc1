import type { Readable } from 'node:stream';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { isAtRest } from '../order/order.js';
import { InvalidValueError, OrderNotFoundError } from '../orders.errors.js';
import { FIND_POSITION, type OrderPositionRow } from './order-events.sql.js';
import { type OrderStreamStart, OrderStreams } from './order-streams.js';

/**
 * The changes of an order as server-sent events, those that the client has not seen and those to come; undefined where
 * nothing is under way for the order and the client has seen it all. `customerId` null for whoever may see all. Throws an
 * {@link OrderNotFoundError}, an {@link InvalidValueError} for a version to come, and a `TooManyStreamsError`.
 */
export class StreamOrder extends Query<Readable | undefined> {
  constructor(
    readonly start: OrderStreamStart,
    readonly customerId: string | null,
  ) {
    super();
  }
}

const LAST_EVENT_ID = '#header/last-event-id';

/** The version that `Last-Event-ID` names; 0 where there is none. Throws an {@link InvalidValueError}. */
export function versionSeen(lastEventId: string | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return 0;
  if (!/^\d{1,9}$/.test(lastEventId)) throw new InvalidValueError(LAST_EVENT_ID, 'is not an id of this stream');
  return Number(lastEventId);
}

@QueryHandler(StreamOrder)
export class StreamOrderHandler implements IQueryHandler<StreamOrder> {
  constructor(
    private readonly database: Database,
    private readonly streams: OrderStreams,
  ) {}

  async execute({ start, customerId }: StreamOrder): Promise<Readable | undefined> {
    const [order] = await this.database.query<OrderPositionRow>(FIND_POSITION, [start.orderId, customerId]);
    if (!order) throw new OrderNotFoundError();
    if (start.after > order.version) throw new InvalidValueError(LAST_EVENT_ID, 'is not an id of this stream');
    if (start.after === order.version && isAtRest(order.status)) return undefined;
    return this.streams.open(start);
  }
}
