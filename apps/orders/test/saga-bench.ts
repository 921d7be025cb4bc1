import { randomUUID } from 'node:crypto';
import {
  AuthorizePayment,
  RefundPayment,
  RemindOrder,
  StockRejected,
  StockReserved,
  VoidPayment,
  ordersService,
} from '@lethe/contracts';
import type { Database } from '@lethe/database';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import type { MessageDefinition, MessageOf } from '@lethe/topology';
import { Registry } from 'prom-client';
import { CancelOrder, CancelOrderHandler } from '../src/order/cancel-order.js';
import { DEFAULT_TIMES } from '../src/order/saga/order-times.js';
import { OrderSaga } from '../src/order/saga/order.saga.js';
import { RejectOrder, RejectOrderHandler } from '../src/order/saga/reject-order.js';
import { RemindOfOrder, RemindOfOrderHandler } from '../src/order/saga/remind-order.js';
import { ReserveOrder, ReserveOrderHandler } from '../src/order/saga/reserve-order.js';
import { GiveBackPayment, GiveBackPaymentHandler } from '../src/payment/give-back-payment.js';
import { HearNotice, HearNoticeHandler } from '../src/payment/hear-notice.js';
import { PayOrder, PayOrderHandler } from '../src/payment/pay-order.js';
import type { PaymentGateway } from '../src/payment/payment.gateway.js';
import { PaymentMetrics } from '../src/payment/payment.metrics.js';
import type { PaymentNotice } from '../src/payment/payment.state.js';
import { RefundMoney, RefundMoneyHandler } from '../src/payment/refund-payment.js';
import type { OrdersDatabase } from './orders-database.js';

export type Step = 'reserved' | 'rejected' | 'pay' | 'void' | 'cancel';

/** The steps of the saga, one at a time, as messages would trigger them; what they send stays in the outbox. */
export class SagaBench {
  readonly outbox: Outbox<typeof ordersService>;
  readonly units: UnitOfWork<typeof ordersService>;
  readonly saga: OrderSaga;
  readonly registry = new Registry();
  private readonly metrics = new PaymentMetrics(this.registry);

  constructor(
    private readonly orders: OrdersDatabase,
    private readonly gateway: PaymentGateway,
    private readonly database: Database = orders.database,
  ) {
    // Nobody answers the bell: messages stay where the test can look at them.
    this.outbox = new Outbox(ordersService, new Wake(orders.database));
    this.units = new UnitOfWork(database, this.outbox);
    this.saga = new OrderSaga(this.units, this.outbox, DEFAULT_TIMES);
  }

  /** Inserts a pending order of two lines, as placing one does. */
  async place(paymentToken = 'tok_visa'): Promise<string> {
    const id = randomUUID();
    await this.orders.run(
      `WITH o AS (INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
         VALUES ($1, 'customer', 'pending', 'GBP', 500, $2, now()) RETURNING id),
       l AS (INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
         SELECT id, n, gen_random_uuid(), 'SKU', 'Lamp', 1, 250 FROM o, generate_series(1, 2) n)
       INSERT INTO order_history (order_id, version, status) SELECT id, 1, 'pending' FROM o`,
      [id, paymentToken],
    );
    return id;
  }

  message<D extends MessageDefinition>(
    definition: D,
    data: MessageOf<D>['data'],
    id: string = randomUUID(),
  ): MessageOf<D> {
    const time = new Date().toISOString();
    return {
      id,
      type: definition.type,
      source: definition.owner,
      time,
      subject: undefined,
      traceparent: undefined,
      actor: undefined,
      data,
    };
  }

  async step(step: Step, orderId: string, messageId?: string): Promise<void> {
    const data = { orderId };
    if (step === 'reserved') {
      const message = this.message(StockReserved, data, messageId);
      await new ReserveOrderHandler(this.saga).execute(new ReserveOrder(message));
    } else if (step === 'rejected') {
      const shortages = [{ productId: randomUUID(), requested: 1, available: 0 }];
      const message = this.message(StockRejected, { orderId, shortages }, messageId);
      await new RejectOrderHandler(this.saga).execute(new RejectOrder(message));
    } else if (step === 'pay') {
      const config = { PUBLIC_URL: 'http://localhost:8080' };
      const handler = new PayOrderHandler(this.database, this.saga, this.gateway, this.metrics, config);
      await handler.execute(new PayOrder(this.message(AuthorizePayment, data, messageId)));
    } else if (step === 'void') {
      const handler = new GiveBackPaymentHandler(this.database, this.units, this.gateway, this.metrics);
      await handler.execute(new GiveBackPayment(this.message(VoidPayment, data, messageId)));
    } else {
      await new CancelOrderHandler(this.units, this.saga).execute(new CancelOrder(orderId, null));
    }
  }

  /** Gives money of a refund back that is requested already. */
  async refund(orderId: string, refundId: string, messageId?: string): Promise<void> {
    const handler = new RefundMoneyHandler(this.database, this.units, this.saga, this.gateway, this.metrics);
    await handler.execute(new RefundMoney(this.message(RefundPayment, { orderId, refundId }, messageId)));
  }

  /** The provider's webhook. */
  async hear(notice: PaymentNotice, signature = 'good'): Promise<void> {
    const handler = new HearNoticeHandler(this.units, this.gateway, this.metrics);
    await handler.execute(new HearNotice(Buffer.from(JSON.stringify(notice)), signature));
  }

  /** The time-out of the step with this number. */
  async timeOut(orderId: string, step: number, messageId?: string): Promise<void> {
    const message = this.message(RemindOrder, { orderId, step }, messageId);
    const handler = new RemindOfOrderHandler(this.database, this.saga, this.gateway, this.metrics);
    await handler.execute(new RemindOfOrder(message));
  }

  /** The time-outs that are set for an order: after how many seconds, to tens, and of which step. */
  timers(orderId: string): Promise<{ seconds: number; step: number }[]> {
    return this.orders.run(
      `SELECT 10 * round(extract(epoch FROM deliver_at - now()) / 10)::int AS seconds, (body::jsonb -> 'data' ->> 'step')::int AS step
       FROM outbox_scheduled WHERE key = $1 AND type LIKE '%remind-order%' ORDER BY deliver_at`,
      [orderId],
    );
  }

  /** Other messages of later: which, and after how many seconds, to tens. */
  later(orderId: string): Promise<{ type: string; seconds: number }[]> {
    return this.orders.run(
      `SELECT split_part(type, '.', 2) AS type, 10 * round(extract(epoch FROM deliver_at - now()) / 10)::int AS seconds
       FROM outbox_scheduled WHERE key = $1 AND type NOT LIKE '%remind-order%' ORDER BY deliver_at`,
      [orderId],
    );
  }

  /** Everything about an order that a customer, a neighbour or the provider would see. */
  async state(orderId: string) {
    const [order] = await this.orders.run<{ status: string; reason: string | null; history: string[] }>(
      `SELECT status, reason, (SELECT array_agg(h.status ORDER BY version) FROM order_history h WHERE order_id = $1) AS history
       FROM orders WHERE id = $1`,
      [orderId],
    );
    const [payment] = await this.orders.run<{ status: string }>('SELECT status FROM payment WHERE order_id = $1', [
      orderId,
    ]);
    const messages = await this.orders.messages(orderId);
    return {
      status: order?.status,
      reason: order?.reason,
      history: order?.history,
      payment: payment?.status,
      sent: messages.map(({ type }) => type.split('.')[1]),
    };
  }
}
