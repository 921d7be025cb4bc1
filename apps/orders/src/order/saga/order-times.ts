import type { OrdersConfig } from '../../orders.config.js';

/** How long an order may wait, in seconds. */
export type OrderTimes = Pick<OrdersConfig, 'PAYMENT_TIMEOUT_SECONDS' | 'RESERVATION_TIMEOUT_SECONDS'>;

export const DEFAULT_TIMES: OrderTimes = { PAYMENT_TIMEOUT_SECONDS: 120, RESERVATION_TIMEOUT_SECONDS: 900 };

type Wait = (fired: number) => number;

/** Waits of which one ends when all together are as long as the limit. */
function upTo(limit: number, wait: Wait): Wait {
  return (fired) => {
    const before = Array.from({ length: fired }, (_, at) => wait(at)).reduce((sum, each) => sum + each, 0);
    return before < limit ? Math.min(wait(fired), limit - before) : wait(fired);
  };
}

/**
 * Seconds until an order is looked after again that has been so often. For stock: after the time of a payment, then twice
 * as long each time. For its payment: after the time of a payment, then after half of it. And when the reservation ends.
 */
export function waitsOf({ PAYMENT_TIMEOUT_SECONDS, RESERVATION_TIMEOUT_SECONDS }: OrderTimes): {
  readonly pending: Wait;
  readonly reserved: Wait;
} {
  const payment = PAYMENT_TIMEOUT_SECONDS;
  return {
    pending: upTo(RESERVATION_TIMEOUT_SECONDS, (fired) => payment * 2 ** Math.min(fired, 5)),
    reserved: upTo(RESERVATION_TIMEOUT_SECONDS, (fired) => (fired === 0 ? payment : payment / 2)),
  };
}

/** Whether an order has waited as long as a reservation holds: by its time-outs, or by the clock where they came late. */
export function reservationIsOver(
  times: OrderTimes,
  { state, fired }: { readonly state: 'pending' | 'reserved'; readonly fired: number },
  waitedSeconds: number,
): boolean {
  const wait = waitsOf(times)[state];
  const elapsed = Array.from({ length: fired + 1 }, (_, at) => wait(at)).reduce((sum, each) => sum + each, 0);
  return Math.max(elapsed, waitedSeconds) >= times.RESERVATION_TIMEOUT_SECONDS;
}
