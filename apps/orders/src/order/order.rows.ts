import { type Order, type OrderStatus } from '@lethe/contracts';
import type { Querier, Tx } from '@lethe/database';
import { type Money, money } from '@lethe/kernel';
import { OrderMissingError } from '../orders.errors.js';
import { assertCanBecome } from './order.js';
import { ADVANCE_ORDER, FIND_ORDER, LOCK_ORDER, type LockedOrderRow, type OrderRow } from './order.sql.js';

/** An order whose row this transaction holds. */
export interface LockedOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly total: Money;
  readonly placedAt: string;
}

/** Locks the order's row until the transaction ends; `customerId` null for whoever may touch any order (S38). */
export async function lockOrder(tx: Tx, id: string, customerId: string | null): Promise<LockedOrder | undefined> {
  const [row] = await tx.query<LockedOrderRow>(LOCK_ORDER, [id, customerId]);
  if (!row) return undefined;
  const { status, total, currency, placed_at } = row;
  return { id: row.id, status, total: money(total, currency), placedAt: placed_at.toISOString() };
}

/** As {@link lockOrder}, for messages. Throws an {@link OrderMissingError} where the order does not exist. */
export async function lockKnownOrder(tx: Tx, id: string): Promise<LockedOrder> {
  const order = await lockOrder(tx, id, null);
  if (!order) throw new OrderMissingError(id);
  return order;
}

/** Moves a locked order one step and writes its history. Throws an `IllegalTransitionError`. */
export async function advanceOrder(tx: Tx, order: LockedOrder, to: OrderStatus, reason?: string): Promise<void> {
  assertCanBecome(order.status, to);
  await tx.query(ADVANCE_ORDER, [order.id, to, reason ?? null]);
}

/** The whole order as its owner sees it; `customerId` null for whoever may see all. */
export async function readOrder(querier: Querier, id: string, customerId: string | null): Promise<Order | undefined> {
  const [row] = await querier.query<OrderRow>(FIND_ORDER, [id, customerId]);
  if (!row) return undefined;
  const { status, total, currency, placed_at, items, history, reason } = row;
  return {
    id: row.id,
    status,
    items,
    total: money(total, currency),
    placedAt: placed_at.toISOString(),
    ...(reason === null ? {} : { reason }),
    history,
  };
}
