import type { OrderStatus } from '@lethe/contracts';
import type { Querier } from '@lethe/database';
import type { Timers } from '@lethe/kernel';
import { type EventStream, EventStreams, type StreamLimits, type StreamStart } from '@lethe/service-kit';
import { isAtRest } from '../order/order.js';
import { NEW_EVENTS, type NewEventRow } from './order-events.sql.js';

/** A stream of the changes of an order; the id of an event is the version of the history that it tells of. */
export interface OrderStreamStart extends StreamStart {
  readonly orderId: string;
}

const LIMITS = { total: 1_000, perCaller: 20, pollMs: 500 };

/** The open streams of orders of this replica. */
export class OrderStreams extends EventStreams<OrderStreamStart> {
  constructor(querier: Querier, limits: Partial<StreamLimits> = {}, timers?: Timers) {
    const tellAll = (streams: readonly EventStream<OrderStreamStart>[]) => tellChanges(querier, streams);
    super({ name: 'the history of orders', tellAll, limits: { ...LIMITS, ...limits } }, timers);
  }
}

/**
 * One statement for all streams. What a client that does not read leaves waiting is little: an order has few states, and
 * its stream ends where nothing is under way for it any more.
 */
async function tellChanges(querier: Querier, streams: readonly EventStream<OrderStreamStart>[]): Promise<void> {
  const orders = streams.map(({ start }) => start.orderId);
  const seen = streams.map(({ after }) => after);
  const rows = await querier.query<NewEventRow>(NEW_EVENTS, [orders, seen]);
  const newest = new Map<EventStream<OrderStreamStart>, OrderStatus>();
  for (const { stream: at, version, event } of rows) {
    const stream = streams[at - 1];
    if (stream === undefined || version <= stream.after) continue;
    stream.tell(version, 'status', JSON.stringify(event));
    newest.set(stream, event.status);
  }
  for (const [stream, status] of newest) if (isAtRest(status)) stream.end();
}
