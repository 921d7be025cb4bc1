import { type Order, type OrderAmounts, type OrderStatus, ordersService } from '@lethe/contracts';
import type { Querier, Tx } from '@lethe/database';
import { type Money, currentActor, formatActor, money } from '@lethe/kernel';
import type { SagaRow, SagaStore } from '@lethe/outbox';
import { GIVE_BACK_COUPON } from '../coupon/coupon.sql.js';
import { OrderMissingError } from '../orders.errors.js';
import { FIND_ORDER, LOCK_ORDER, type LockedOrderRow, type OrderRow, SAVE_ORDER, TAKE_OVERDUE } from './order.sql.js';

/** An order whose row this transaction holds. */
export interface LockedOrder extends SagaRow<OrderStatus> {
  readonly total: Money;
  readonly placedAt: string;
  /** The code of the coupon that it uses. */
  readonly coupon: string | null;
}

/** Ends without a sale: what the order took, its coupon among it, is given back on coming there. */
const UNSOLD: readonly OrderStatus[] = ['rejected', 'cancelled'];

function lockedOrder({
  id,
  status,
  total,
  currency,
  placed_at,
  version,
  timer_id,
  reminders,
  coupon,
}: LockedOrderRow): LockedOrder {
  return {
    id,
    state: status,
    step: version,
    timer: timer_id,
    fired: reminders,
    total: money(total, currency),
    placedAt: placed_at.toISOString(),
    coupon,
  };
}

/** Locks the order's row until the transaction ends; `customerId` null for whoever may touch any order (S38). */
export async function lockOrder(tx: Tx, id: string, customerId: string | null): Promise<LockedOrder | undefined> {
  const [row] = await tx.query<LockedOrderRow>(LOCK_ORDER, [id, customerId]);
  return row && lockedOrder(row);
}

/** As {@link lockOrder}, for messages. Throws an {@link OrderMissingError} where the order does not exist. */
export async function lockKnownOrder(tx: Tx, id: string): Promise<LockedOrder> {
  const order = await lockOrder(tx, id, null);
  if (!order) throw new OrderMissingError(id);
  return order;
}

/** What makes an order change: the message that is handled, or the request. */
export interface ChangeCause {
  /** The type of the message, or the name of what the request asks for. */
  readonly type: string;
  /** Of the message; a request has none. */
  readonly id?: string;
}

/** On whose behalf an order changes now: whoever's request led here, else the service itself. */
export function actorOfChange(): string {
  return formatActor(currentActor() ?? { kind: 'service', name: ordersService.name });
}

/** The saga's rows are the orders; each row of the history that it writes says why. */
export function orderStore(cause: ChangeCause): SagaStore<LockedOrder> {
  return {
    lock: lockKnownOrder,
    async save(tx, { id, coupon }, { path, reason, timer, fired, dueAt }) {
      const why = [actorOfChange(), cause.type, cause.id ?? null];
      await tx.query(SAVE_ORDER, [id, path, reason, timer, fired, dueAt, ...why]);
      if (coupon !== null && path.some((state) => UNSOLD.includes(state))) await tx.query(GIVE_BACK_COUPON, [id]);
    },
    async takeOverdue(tx, graceSeconds, limit) {
      return (await tx.query<LockedOrderRow>(TAKE_OVERDUE, [graceSeconds, limit])).map(lockedOrder);
    },
  };
}

/** The whole order as its owner sees it; `customerId` null for whoever may see all. */
export async function readOrder(querier: Querier, id: string, customerId: string | null): Promise<Order | undefined> {
  const [row] = await querier.query<OrderRow>(FIND_ORDER, [id, customerId]);
  if (!row) return undefined;
  const { status, total, currency, placed_at, items, history, reason, coupon, country } = row;
  return {
    id: row.id,
    status,
    items,
    total: money(total, currency),
    amounts: amountsOf(row),
    ...(coupon === null ? {} : { coupon }),
    ...(country === null ? {} : { country }),
    placedAt: placed_at.toISOString(),
    ...(reason === null ? {} : { reason }),
    history,
    ...(row.payment === null ? {} : { payment: row.payment }),
    ...(row.returns === null ? {} : { returns: row.returns }),
    ...(row.refunds === null ? {} : { refunds: row.refunds }),
    ...(row.shipment === null ? {} : { shipment: row.shipment }),
  };
}

function amountsOf({ subtotal, discount, tax, total, refunded, currency, refunds }: OrderRow): OrderAmounts {
  return {
    subtotal: money(subtotal ?? total, currency),
    discount: money(discount, currency),
    tax: money(tax, currency),
    total: money(total, currency),
    ...(refunds === null ? {} : { refunded: money(refunded, currency) }),
  };
}
