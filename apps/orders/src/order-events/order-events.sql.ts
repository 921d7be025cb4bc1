import type { Order, OrderStatus } from '@lethe/contracts';
import { statement } from '@lethe/database';

/** A row of the history, as a stream tells it. */
export type OrderEvent = Order['history'][number];

const EVENT = `json_strip_nulls(json_build_object(
    'status', h.status, 'at', to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'cause', h.cause))`;

export interface OrderPositionRow {
  readonly status: OrderStatus;
  /** Of the newest row of its history. */
  readonly version: number;
}

/** `$1` order, `$2` the customer it must belong to (S38), or null for whoever may see all. */
export const FIND_POSITION = statement(
  'orders.find-position',
  `SELECT status, version FROM orders WHERE id = $1 AND ($2::text IS NULL OR customer_id = $2)`,
);

export interface NewEventRow {
  /** Which of the streams, from 1. */
  readonly stream: number;
  readonly version: number;
  readonly event: OrderEvent;
}

/**
 * `$1` orders, `$2` the versions after which their streams want to hear: all that is new, for all streams of a replica in
 * one round trip. The rows of an order are written under the lock on it, in the order of their versions: what is after a
 * version that was seen comes later, and nothing before it can still come.
 */
export const NEW_EVENTS = statement(
  'orders.new-events',
  `SELECT s.stream::int AS stream, h.version, ${EVENT} AS event
   FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS s (order_id, after, stream)
   JOIN order_history h ON h.order_id = s.order_id AND h.version > s.after
   ORDER BY s.stream, h.version`,
);
