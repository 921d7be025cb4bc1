import type { OrderStatus, PaymentStatus, RefundStatus } from '@lethe/contracts';
import type { ProviderRefund } from '../../src/payment/payment.state.js';
import type { FakeProvider } from '../fake-provider.js';
import type { OrdersDatabase } from '../orders-database.js';

/** An order as the rows of the service tell. */
export interface OrderBooks {
  readonly id: string;
  readonly status: OrderStatus;
  readonly reason: string | null;
  readonly total: number;
  readonly claimed: number;
  readonly refunded: number;
  readonly payment: PaymentStatus | null;
  readonly versions: readonly number[];
  readonly history: readonly OrderStatus[];
  readonly lines: readonly { readonly productId: string; readonly quantity: number; readonly returned: number }[];
  readonly refunds: readonly { readonly id: string; readonly amount: number; readonly status: RefundStatus }[];
}

/** The orders of a customer, the oldest first. */
export function ordersOf(database: OrdersDatabase, customer: string): Promise<OrderBooks[]> {
  return database.run<OrderBooks>(
    `SELECT o.id, o.status, o.reason, o.total, o.refunds_claimed AS claimed, o.refunded, p.status AS payment,
       (SELECT array_agg(h.version ORDER BY h.version) FROM order_history h WHERE h.order_id = o.id) AS versions,
       (SELECT array_agg(h.status ORDER BY h.version) FROM order_history h WHERE h.order_id = o.id) AS history,
       (SELECT json_agg(json_build_object('productId', l.product_id, 'quantity', l.quantity, 'returned', l.returned)
          ORDER BY l.position) FROM order_line l WHERE l.order_id = o.id) AS lines,
       (SELECT coalesce(json_agg(json_build_object('id', r.id, 'amount', r.amount, 'status', r.status)), '[]')
          FROM refund r WHERE r.order_id = o.id) AS refunds
     FROM orders o LEFT JOIN payment p ON p.order_id = o.id WHERE o.customer_id = $1 ORDER BY o.id`,
    [customer],
  );
}

/** Makes all that a customer's orders remember so much older, and what waits for a time so much nearer. */
export async function letPass(database: OrdersDatabase, customer: string, seconds: number): Promise<void> {
  const mine = '(SELECT id FROM orders WHERE customer_id = $1)';
  const age = "$2 * interval '1 second'";
  for (const sql of [
    `UPDATE payment SET requested_at = requested_at - ${age}, first_requested_at = first_requested_at - ${age}
     WHERE order_id IN ${mine}`,
    `UPDATE order_history SET at = at - ${age} WHERE order_id IN ${mine}`,
    `UPDATE refund SET requested_at = requested_at - ${age}, asked_at = asked_at - ${age} WHERE order_id IN ${mine}`,
    `UPDATE orders SET due_at = due_at - ${age} WHERE customer_id = $1`,
    `UPDATE outbox_scheduled SET deliver_at = deliver_at - ${age} WHERE $1 <> ''`,
  ]) {
    await database.run(sql, [customer, seconds]);
  }
}

/** What the provider has to say about an order. */
export interface ProviderBooks {
  /** States of its payments; a whole refund counts as captured. */
  readonly payments: readonly string[];
  readonly captured: number;
  readonly refunds: readonly ProviderRefund[];
  readonly held: number;
}

export async function providerOf(provider: FakeProvider, orderId: string): Promise<ProviderBooks> {
  const refunds: ProviderRefund[] = [];
  for await (const refund of provider.refunds({ from: new Date(0), to: new Date() })) {
    if (refund.orderId === orderId && refund.status !== 'failed') refunds.push(refund);
  }
  const back = refunds.reduce((sum, { amount }) => sum + amount.amount, 0);
  const held = provider.heldOf(orderId);
  return { payments: provider.statesOf(orderId), captured: held + back, refunds, held };
}
