import type { Order, OrderStatus } from '@lethe/contracts';
import { statement } from '@lethe/database';
import type { OrderLine } from './order.js';

const LINES = `(
  SELECT json_agg(json_build_object(
    'productId', l.product_id, 'sku', l.sku, 'name', l.name, 'quantity', l.quantity,
    'unitPrice', json_build_object('amount', l.unit_price, 'currency', o.currency)) ORDER BY l.position)
  FROM order_line l WHERE l.order_id = o.id)`;

const HISTORY = `(
  SELECT json_agg(json_build_object(
    'status', h.status, 'at', to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY h.version)
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
  readonly items: Order['items'];
  readonly history: Order['history'];
}

/** `$1` id, `$2` the customer it must belong to (S38), or null for whoever may see all. */
export const FIND_ORDER = statement(
  'orders.find',
  `SELECT o.id, o.status, o.currency, o.total, o.reason, o.placed_at, ${LINES} AS items, ${HISTORY} AS history
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
}

/** `$1` id, `$2` the customer it must belong to, or null. Whoever changes an order or its payment holds this lock. */
export const LOCK_ORDER = statement(
  'orders.lock',
  `SELECT id, status, currency, total, placed_at FROM orders
   WHERE id = $1 AND ($2::text IS NULL OR customer_id = $2) FOR UPDATE`,
);

/** `$1` order, `$2` its new state, `$3` the reason where it is rejected. The caller has locked it and checked the step. */
export const ADVANCE_ORDER = statement(
  'orders.advance',
  `WITH moved AS (
     UPDATE orders SET status = $2, version = version + 1, reason = coalesce($3, reason),
       due_at = clock_timestamp() + interval '2 minutes', reminders = 0
     WHERE id = $1
     RETURNING id, version, status)
   INSERT INTO order_history (order_id, version, status) SELECT id, version, status FROM moved`,
);

export interface ConfirmedRow {
  readonly items: OrderLine[];
  readonly at: Date;
}

/** `$1` order, locked and reserved: paid and confirmed in one step of two rows of history. Gives its lines and the time. */
export const CONFIRM_ORDER = statement(
  'orders.confirm',
  `WITH o AS (
     UPDATE orders SET status = 'confirmed', version = version + 2 WHERE id = $1
     RETURNING id, version, currency, clock_timestamp() AS at),
   history AS (
     INSERT INTO order_history (order_id, version, status, at)
     SELECT id, version - 1, 'paid', at FROM o UNION ALL SELECT id, version, 'confirmed', at FROM o)
   SELECT ${LINES} AS items, o.at FROM o`,
);

export interface OverdueRow {
  readonly id: string;
  readonly status: 'pending' | 'reserved';
  readonly items: OrderLine[];
}

/**
 * `$1` how many at most. Orders whose step under way takes too long, each to one replica alone; the next reminder waits
 * twice as long as this one did, up to about an hour.
 */
export const REMIND_OVERDUE = statement(
  'orders.remind-overdue',
  `WITH overdue AS (
     SELECT id FROM orders WHERE status IN ('pending', 'reserved') AND due_at <= clock_timestamp()
     ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   UPDATE orders o SET reminders = o.reminders + 1,
     due_at = clock_timestamp() + interval '2 minutes' * 2 ^ least(o.reminders + 1, 5)
   FROM overdue WHERE o.id = overdue.id
   RETURNING o.id, o.status, ${LINES} AS items`,
);
