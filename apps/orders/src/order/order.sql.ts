import type { Order, OrderStatus } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { SHIPMENT } from '../fulfilment/fulfilment.sql.js';
import { REFUNDS, RETURNS } from '../returns/refund.sql.js';
import { ORDER_PAYMENT } from '../payment/payment.sql.js';
import type { OrderLine } from './order.js';

/** `more`: further members of a line, as SQL. */
const linesWith = (more: string): string => `(
  SELECT json_agg(json_strip_nulls(json_build_object(
    'productId', l.product_id, 'sku', l.sku, 'name', l.name, 'quantity', l.quantity,
    'unitPrice', json_build_object('amount', l.unit_price, 'currency', o.currency),
    'paid', CASE WHEN o.discount <> 0 OR o.tax <> 0 THEN json_build_object(
      'amount', l.unit_price * l.quantity - l.discount + l.tax, 'currency', o.currency) END${more})) ORDER BY l.position)
  FROM order_line l WHERE l.order_id = o.id)`;
const LINES = linesWith('');
/** As the order's events carry them. */
const TOLD_LINES = linesWith(`, 'category', l.category`);

const HISTORY = `(
  SELECT json_agg(json_strip_nulls(json_build_object(
    'status', h.status, 'at', to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'cause', h.cause))
    ORDER BY h.version)
  FROM order_history h WHERE h.order_id = o.id)`;

export interface OrderSummaryRow {
  readonly id: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly total: number;
  readonly reason: string | null;
  readonly placed_at: Date;
}

export interface OrderRow extends OrderSummaryRow {
  /** Null for orders from before there were discounts and taxes: the total. */
  readonly subtotal: number | null;
  readonly discount: number;
  readonly tax: number;
  readonly coupon: string | null;
  readonly country: string | null;
  /** What went back of the total. */
  readonly refunded: number;
  readonly items: Order['items'];
  readonly history: Order['history'];
  readonly payment: Order['payment'] | null;
  readonly returns: Order['returns'] | null;
  readonly refunds: Order['refunds'] | null;
  readonly shipment: Order['shipment'] | null;
}

/** `$1` id, `$2` the customer it must belong to (S38), or null for whoever may see all. */
export const FIND_ORDER = statement(
  'orders.find',
  `SELECT o.id, o.status, o.currency, o.total, o.subtotal, o.discount, o.tax, o.coupon, o.country, o.reason, o.placed_at,
     o.refunded, ${LINES} AS items, ${HISTORY} AS history, ${RETURNS} AS returns, ${REFUNDS} AS refunds,
     ${SHIPMENT} AS shipment, ${ORDER_PAYMENT} AS payment
   FROM orders o WHERE o.id = $1 AND ($2::text IS NULL OR o.customer_id = $2)`,
);

/** `$1` customer, `$2` ids below this one, `$3` how many. */
export const LIST_MINE = statement(
  'orders.list-mine',
  `SELECT id, status, currency, total, reason, placed_at
   FROM orders WHERE customer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
);

/** `$1` ids below this one, `$2` how many. */
export const LIST_ALL = statement(
  'orders.list-all',
  `SELECT id, status, currency, total, reason, placed_at FROM orders WHERE id < $1 ORDER BY id DESC LIMIT $2`,
);

export interface LockedOrderRow {
  readonly id: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly total: number;
  readonly placed_at: Date;
  readonly version: number;
  readonly timer_id: string | null;
  readonly reminders: number;
  readonly coupon: string | null;
}

const LOCKED = 'id, status, currency, total, placed_at, version, timer_id, reminders, coupon';

/** `$1` id, `$2` the customer it must belong to, or null. Whoever changes an order or its payment holds this lock. */
export const LOCK_ORDER = statement(
  'orders.lock',
  `SELECT ${LOCKED} FROM orders WHERE id = $1 AND ($2::text IS NULL OR customer_id = $2) FOR UPDATE`,
);

/**
 * `$1` order, `$2` the states it comes into, in order, maybe none, `$3` the reason where it is rejected, `$4` its time-out,
 * `$5` how often that ran out in this state, `$6` when it runs out next, `$7` who acts, `$8` what led to it, `$9` the
 * message that it was, where it was one. The caller has locked it and checked the steps.
 */
export const SAVE_ORDER = statement(
  'orders.save',
  `WITH moved AS (
     UPDATE orders SET
       status = coalesce(($2::text[])[cardinality($2::text[])], status), version = version + cardinality($2::text[]),
       reason = coalesce($3, reason), timer_id = $4, reminders = $5, due_at = coalesce($6, due_at)
     WHERE id = $1
     RETURNING id, version - cardinality($2::text[]) AS before)
   INSERT INTO order_history (order_id, version, status, actor, cause, message_id)
   SELECT moved.id, moved.before + path.step::int, path.status, $7::text, $8::text, $9::text
   FROM moved, unnest($2::text[]) WITH ORDINALITY AS path (status, step)`,
);

export interface MomentRow {
  /** What went back of the total by now. */
  readonly refunded: number;
  readonly at: Date;
}

/** `$1` order. */
export const MOMENT = statement('orders.moment', 'SELECT refunded, clock_timestamp() AS at FROM orders WHERE id = $1');

export interface OrderLinesRow {
  readonly items: OrderLine[];
  readonly at: Date;
}

/** `$1` order. */
export const FIND_LINES = statement(
  'orders.find-lines',
  `SELECT ${LINES} AS items, clock_timestamp() AS at FROM orders o WHERE o.id = $1`,
);

/** An order as it is told to whoever counts. */
export interface PaidOrderRow extends OrderLinesRow {
  readonly customer: string;
  readonly country: string | null;
}

/** `$1` order, locked, `$2` the provider's charge. Notes that it is paid; gives what is to be told of it. */
export const CAPTURE_PAYMENT = statement(
  'orders.capture-payment',
  `WITH captured AS (UPDATE payment SET status = 'captured', charge_id = $2, action_url = NULL WHERE order_id = $1)
   SELECT ${TOLD_LINES} AS items, clock_timestamp() AS at, o.customer_id AS customer, o.country FROM orders o WHERE o.id = $1`,
);

/**
 * `$1` seconds, `$2` how many at most. Orders that should have been reminded so long ago, each to one replica alone, and
 * left alone by others for as long again.
 */
export const TAKE_OVERDUE = statement(
  'orders.take-overdue',
  `WITH overdue AS (
     SELECT id AS overdue_id FROM orders
     WHERE status IN ('pending', 'reserved') AND due_at < clock_timestamp() - $1 * interval '1 second'
     ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
   UPDATE orders SET due_at = clock_timestamp() FROM overdue WHERE id = overdue_id
   RETURNING ${LOCKED}`,
);
