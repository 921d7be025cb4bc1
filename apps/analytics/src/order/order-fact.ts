import type { OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected } from '@lethe/contracts';
import { type Money, timesMoney } from '@lethe/kernel';
import type { DataOf } from '@lethe/topology';
import { ORDER_OUTCOMES, type OrderOutcome } from './order-fact.entity.js';

/** A line of a confirmed order. */
export interface LineFact {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly units: number;
  readonly revenue: Money;
  readonly category?: string | undefined;
}

/** What one message tells of an order. */
export interface OrderFact {
  readonly orderId: string;
  readonly placedAt: Date;
  readonly outcome: OrderOutcome;
  readonly total?: Money;
  /** Who bought: the account, until it is replaced by its pseudonym (S54). */
  readonly customer?: string | undefined;
  readonly country?: string | undefined;
  readonly confirmedAt?: Date;
  readonly lines?: readonly LineFact[];
}

export function placedFact({ orderId, placedAt, total, customer, country }: DataOf<typeof OrderPlaced>): OrderFact {
  return { orderId, placedAt: new Date(placedAt), outcome: 'placed', total, customer, country };
}

export function confirmedFact(order: DataOf<typeof OrderConfirmed>): OrderFact {
  const { orderId, placedAt, confirmedAt, total, items, customer, country } = order;
  const lines = items.map(({ productId, sku, name, quantity, unitPrice, paid, category }) => ({
    productId,
    sku,
    name,
    units: quantity,
    // Its share of discount and tax is in what it cost: the lines add up to the total.
    revenue: paid ?? timesMoney(unitPrice, quantity),
    category,
  }));
  return {
    orderId,
    placedAt: new Date(placedAt),
    outcome: 'confirmed',
    total,
    confirmedAt: new Date(confirmedAt),
    lines,
    customer,
    country,
  };
}

export function rejectedFact({ orderId, placedAt }: DataOf<typeof OrderRejected>): OrderFact {
  return { orderId, placedAt: new Date(placedAt), outcome: 'rejected' };
}

export function cancelledFact({ orderId, placedAt }: DataOf<typeof OrderCancelled>): OrderFact {
  return { orderId, placedAt: new Date(placedAt), outcome: 'cancelled' };
}

/** What two messages tell of one order, in any order of theirs: the outcome only rises, and what is known is kept. */
export function mergeFacts(one: OrderFact, other: OrderFact): OrderFact {
  const [low, high] = rank(one) <= rank(other) ? [one, other] : [other, one];
  const known = Object.entries(high).filter(([, value]) => value !== undefined);
  return { ...low, ...Object.fromEntries(known) };
}

const rank = ({ outcome }: OrderFact): number => ORDER_OUTCOMES.indexOf(outcome);
