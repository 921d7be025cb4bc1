import type { OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected } from '@lethe/contracts';
import { type Money, timesMoney } from '@lethe/kernel';
import type { DataOf } from '@lethe/topology';
import type { OrderOutcome } from './order-fact.entity.js';

/** A line of a confirmed order. */
export interface LineFact {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly units: number;
  readonly revenue: Money;
}

/** What one message tells of an order. */
export interface OrderFact {
  readonly orderId: string;
  readonly placedAt: Date;
  readonly outcome: OrderOutcome;
  readonly total?: Money;
  readonly confirmedAt?: Date;
  readonly lines?: readonly LineFact[];
}

export function placedFact({ orderId, placedAt, total }: DataOf<typeof OrderPlaced>): OrderFact {
  return { orderId, placedAt: new Date(placedAt), outcome: 'placed', total };
}

export function confirmedFact(order: DataOf<typeof OrderConfirmed>): OrderFact {
  const { orderId, placedAt, confirmedAt, total, items } = order;
  const lines = items.map(({ productId, sku, name, quantity, unitPrice, paid }) => ({
    productId,
    sku,
    name,
    units: quantity,
    // Its share of discount and tax is in what it cost: the lines add up to the total.
    revenue: paid ?? timesMoney(unitPrice, quantity),
  }));
  return {
    orderId,
    placedAt: new Date(placedAt),
    outcome: 'confirmed',
    total,
    confirmedAt: new Date(confirmedAt),
    lines,
  };
}

export function rejectedFact({ orderId, placedAt }: DataOf<typeof OrderRejected>): OrderFact {
  return { orderId, placedAt: new Date(placedAt), outcome: 'rejected' };
}

export function cancelledFact({ orderId, placedAt }: DataOf<typeof OrderCancelled>): OrderFact {
  return { orderId, placedAt: new Date(placedAt), outcome: 'cancelled' };
}
