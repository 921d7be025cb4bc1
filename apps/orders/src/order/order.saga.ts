import { type OrderStatus, RemindOrder, type ordersService } from '@lethe/contracts';
import { Outbox, Saga, SagaDefinitionError, type SetTimer, UnitOfWork, defineSaga, timeout } from '@lethe/outbox';
import { Injectable } from '@nestjs/common';
import { ORDER_LIFE } from './order.js';
import { type LockedOrder, orderStore } from './order.rows.js';

/** Seconds that a step may take before it is asked for again; then twice as long each time, up to about an hour. */
const STEP_SECONDS = 120;
const overdue = timeout(RemindOrder, {
  data: ({ id: orderId, step }) => ({ orderId, step }),
  afterSeconds: (fired) => STEP_SECONDS * 2 ** Math.min(fired, 5),
});

/** The life of an order as data: pending and reserved are waited in, the one for stock, the other for the payment. */
export const orderLife = defineSaga({
  name: 'order',
  initial: 'pending',
  transitions: ORDER_LIFE,
  timeouts: { pending: overdue, reserved: overdue },
});

/** Walks orders through their life: every step of an order goes through it (R24). */
@Injectable()
export class OrderSaga extends Saga<OrderStatus, typeof ORDER_LIFE, typeof ordersService, LockedOrder> {
  constructor(units: UnitOfWork<typeof ordersService>, outbox: Outbox<typeof ordersService>) {
    super(orderLife, orderStore, units, outbox);
  }

  /** The time-out of an order that is being placed, for the statement that places it. */
  timerOf(orderId: string): SetTimer {
    const timer = this.firstTimer(orderId);
    if (timer === undefined) throw new SagaDefinitionError(orderLife.name, 'an order that is placed has no time-out');
    return timer;
  }
}
