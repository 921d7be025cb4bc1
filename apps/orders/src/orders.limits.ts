import type { RequestRule } from '@lethe/rate-limits';
import { holdsRole } from '@lethe/service-kit';
import type { OrdersConfig } from './orders.config.js';

/** Rules that routes of the service name (S51). They fail open: an outage of the counters must not close the checkout. */
export function ordersLimits({ ORDERS_PER_USER }: Pick<OrdersConfig, 'ORDERS_PER_USER'>): readonly RequestRule[] {
  return [
    {
      name: 'place-order',
      limit: ORDERS_PER_USER,
      windowSeconds: 60,
      by: 'principal',
      // Admins import orders that were placed elsewhere.
      unless: holdsRole('admin'),
    },
  ];
}
