import type { LakeEvent, OrderRefunded, OrderReturned } from '@lethe/contracts';
import type { MessageOf } from '@lethe/topology';
import type { LineFact, OrderFact } from '../order/order-fact.js';

/** What is known of an order beside its fact, where its messages tell: the pseudonym of the buyer, and the country. */
export interface Buyer {
  readonly customer?: string | undefined;
  readonly country?: string | undefined;
}

type Line = LineFact & { readonly category?: string | undefined };

/**
 * What one message tells of an order, as events of the lake: one for the order and, where it was confirmed, one per line.
 * Their ids follow from the order's, so that the same fact told twice, or filled in later, is the same event. A sale
 * belongs to the day on which the order was placed, as in the reports.
 */
export function orderEvents(fact: OrderFact & Buyer, lines: readonly Line[] = fact.lines ?? []): LakeEvent[] {
  const { orderId, placedAt, outcome, total, customer, country } = fact;
  const at = placedAt.toISOString();
  const order = { occurred_at: at, placed_at: at, order_id: orderId, ...present({ customer, country }) };
  const money = total === undefined ? {} : { amount: total.amount, currency: total.currency };
  return [
    { event_id: `${orderId}/${outcome}`, event_type: `order-${outcome}`, ...order, ...money },
    ...lines.map(({ productId, sku, name, units, revenue, category }, at): LakeEvent => ({
      event_id: `${orderId}/line/${at + 1}`,
      event_type: 'order-line',
      ...order,
      line_no: at + 1,
      product_id: productId,
      sku,
      product_name: name,
      ...present({ category }),
      units,
      amount: revenue.amount,
      currency: revenue.currency,
    })),
  ];
}

/** Money that went back, by the day on which it did. */
export function refundEvents({ data }: MessageOf<typeof OrderRefunded>): LakeEvent[] {
  const { refundId, orderId, placedAt, refundedAt, amount } = data;
  return [
    {
      event_id: refundId,
      event_type: 'order-refunded',
      occurred_at: refundedAt,
      placed_at: placedAt,
      order_id: orderId,
      amount: amount.amount,
      currency: amount.currency,
    },
  ];
}

/** Goods that came back, product by product, by the day on which they did. */
export function returnEvents({ data }: MessageOf<typeof OrderReturned>): LakeEvent[] {
  const { returnId, orderId, placedAt, returnedAt, items } = data;
  return items.map(({ productId, quantity }, at) => ({
    event_id: `${returnId}/${at + 1}`,
    event_type: 'order-returned',
    occurred_at: returnedAt,
    placed_at: placedAt,
    order_id: orderId,
    line_no: at + 1,
    product_id: productId,
    units: quantity,
  }));
}

/** The members that are there. */
function present<T extends Record<string, string | undefined>>(members: T): { [K in keyof T]?: string } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: string };
}
