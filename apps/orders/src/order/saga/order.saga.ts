import { type OrderStatus, RemindOrder, type ordersService } from '@lethe/contracts';
import {
  Outbox,
  Saga,
  type SagaAnswer,
  SagaDefinitionError,
  type SagaSteps,
  type SagaTimer,
  type SetTimer,
  type Unit,
  UnitOfWork,
  defineSaga,
  timeout,
} from '@lethe/outbox';
import { CONFIG } from '@lethe/service-kit';
import type { Message } from '@lethe/topology';
import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_TIMES, type OrderTimes, waitsOf } from './order-times.js';
import { ORDER_LIFE } from '../order.js';
import { type ChangeCause, type LockedOrder, orderStore } from '../order.rows.js';

const remind = (afterSeconds: (fired: number) => number) =>
  timeout(RemindOrder, { data: ({ id: orderId, step }) => ({ orderId, step }), afterSeconds });

/** The life of an order as data: pending and reserved are waited in, the one for stock, the other for the payment. */
export function orderLifeOf(times: OrderTimes) {
  const { pending, reserved } = waitsOf(times);
  return defineSaga({
    name: 'order',
    initial: 'pending',
    transitions: ORDER_LIFE,
    timeouts: { pending: remind(pending), reserved: remind(reserved) },
  });
}

type Cause = Pick<Message, 'id' | 'type'>;
type Walk = Saga<OrderStatus, typeof ORDER_LIFE, typeof ordersService, LockedOrder>;
type OrderSteps = SagaSteps<OrderStatus, typeof ORDER_LIFE, typeof ordersService, LockedOrder>;

/** Walks orders through their life: every step of an order goes through it, and says in the history why (R24). */
@Injectable()
export class OrderSaga {
  private readonly life: ReturnType<typeof orderLifeOf>;
  private readonly clockwork: Walk;

  constructor(
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly outbox: Outbox<typeof ordersService>,
    @Inject(CONFIG) readonly times: OrderTimes = DEFAULT_TIMES,
  ) {
    this.life = orderLifeOf(times);
    this.clockwork = this.because({ type: this.life.name });
  }

  /** See `Saga.onMessage`. */
  onMessage(message: Cause, orderId: string, steps: OrderSteps): Promise<SagaAnswer<OrderStatus>> {
    return this.because(message).onMessage(message, orderId, steps);
  }

  /** See `Saga.onTimeout`. */
  onTimeout(message: Cause, timer: SagaTimer, steps: OrderSteps): Promise<SagaAnswer<OrderStatus>> {
    return this.because(message).onTimeout(message, timer, steps);
  }

  /** See `Saga.advance`; `request` is what the person asks for, for the history. */
  advance(
    unit: Unit<typeof ordersService>,
    order: LockedOrder,
    request: string,
    steps: OrderSteps,
  ): Promise<SagaAnswer<OrderStatus>> {
    return this.because({ type: request }).advance(unit, order, steps);
  }

  /** See `Saga.resendLost`. It changes no order's state. */
  resendLost(): Promise<number> {
    return this.clockwork.resendLost();
  }

  /** The time-out of an order that is being placed, for the statement that places it. */
  timerOf(orderId: string): SetTimer {
    const timer = this.clockwork.firstTimer(orderId);
    if (timer === undefined) throw new SagaDefinitionError(this.life.name, 'an order that is placed has no time-out');
    return timer;
  }

  private because(cause: ChangeCause): Walk {
    return new Saga(this.life, orderStore(cause), this.units, this.outbox);
  }
}
