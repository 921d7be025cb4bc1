import { randomUUID } from 'node:crypto';
import { type CreateRefund, type CreatedReturn, type OrderStatus, type Refund, ordersService } from '@lethe/contracts';
import { IdempotencyKeys } from '@lethe/idempotency';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import { DeliverOrder, DeliverOrderHandler } from '../src/order/deliver-order.js';
import type { RequestedItem } from '../src/order/order.js';
import { DEFAULT_TIMES } from '../src/order/saga/order-times.js';
import { OrderSaga } from '../src/order/saga/order.saga.js';
import { RefundOrder, RefundOrderHandler } from '../src/returns/refund-order.js';
import { ReturnGoods, ReturnGoodsHandler } from '../src/returns/return-goods.js';
import { type RefundOutcome, settleRefund } from '../src/returns/settle-refund.js';
import type { OrdersDatabase } from './orders-database.js';

/** How an order stands, as rows tell. */
export interface Books {
  readonly status: OrderStatus;
  readonly total: number;
  readonly claimed: number;
  readonly refunded: number;
  /** The sums of its refunds that are requested or succeeded, and of those that succeeded. */
  readonly open: number;
  readonly done: number;
  readonly bought: number;
  readonly returned: number;
  /** The sum of the units of its returns. */
  readonly back: number;
  readonly history: readonly OrderStatus[];
}

/** What the staff and the provider do to orders that are paid, one use case at a time. */
export class ReturnsBench {
  readonly saga: OrderSaga;
  private readonly units: UnitOfWork<typeof ordersService>;
  private readonly keys: IdempotencyKeys;

  constructor(private readonly orders: OrdersDatabase) {
    const outbox = new Outbox(ordersService, new Wake(orders.database));
    this.units = new UnitOfWork(orders.database, outbox);
    this.saga = new OrderSaga(this.units, outbox, DEFAULT_TIMES);
    this.keys = new IdempotencyKeys(orders.database);
  }

  /** An order in this state, of lines with so many units at this price; gives its id and its products. */
  async order(status: OrderStatus, lines: readonly [quantity: number, unitPrice: number][]) {
    const [id, products] = [randomUUID(), lines.map(() => randomUUID())];
    const total = lines.reduce((sum, [quantity, unitPrice]) => sum + quantity * unitPrice, 0);
    await this.orders.run(
      `WITH o AS (INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
         VALUES ($1, 'customer', $2, 'GBP', $3, 'tok_visa', now()) RETURNING id),
       l AS (INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
         SELECT o.id, l.n, l.product, 'SKU', 'Lamp', l.quantity, l.price
         FROM o, unnest($4::uuid[], $5::int[], $6::bigint[]) WITH ORDINALITY AS l (product, quantity, price, n))
       INSERT INTO order_history (order_id, version, status) SELECT id, 1, $2 FROM o`,
      [id, status, total, products, lines.map(([quantity]) => quantity), lines.map(([, price]) => price)],
    );
    return { id, products, total };
  }

  async giveBack(orderId: string, items: readonly RequestedItem[], key: string = randomUUID()): Promise<CreatedReturn> {
    const handler = new ReturnGoodsHandler(this.keys, this.units, this.saga);
    const request = { items: [...items], reason: 'broken' };
    const { response } = await handler.execute(new ReturnGoods(orderId, request, { principal: 'staff', key }));
    return response.body as CreatedReturn;
  }

  async refund(orderId: string, amount?: number, key: string = randomUUID()): Promise<Refund> {
    const handler = new RefundOrderHandler(this.keys, this.units, this.saga);
    const request: CreateRefund = { reason: 'late', ...(amount === undefined ? {} : { amount: gbp(amount) }) };
    const { response } = await handler.execute(new RefundOrder(orderId, request, { principal: 'staff', key }));
    return response.body as Refund;
  }

  async deliver(orderId: string): Promise<void> {
    await new DeliverOrderHandler(this.units, this.saga).execute(new DeliverOrder(orderId));
  }

  async settle(
    orderId: string,
    refundId: string,
    status: RefundOutcome['status'] = 'succeeded',
    messageId: string = randomUUID(),
  ): Promise<void> {
    const message = { id: messageId, type: 'orders.refund-payment.v1' };
    await settleRefund(this.saga, message, { orderId, refundId }, { status });
  }

  async books(orderId: string): Promise<Books> {
    const [books] = await this.orders.run<Books>(
      `SELECT o.status, o.total, o.refunds_claimed AS claimed, o.refunded,
         (SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE order_id = o.id AND status <> 'failed') AS open,
         (SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE order_id = o.id AND status = 'succeeded') AS done,
         (SELECT sum(quantity) FROM order_line WHERE order_id = o.id)::int AS bought,
         (SELECT sum(returned) FROM order_line WHERE order_id = o.id)::int AS returned,
         (SELECT coalesce(sum(l.quantity), 0)::int FROM order_return r JOIN order_return_line l ON l.return_id = r.id
          WHERE r.order_id = o.id) AS back,
         (SELECT array_agg(status ORDER BY version) FROM order_history WHERE order_id = o.id) AS history
       FROM orders o WHERE id = $1`,
      [orderId],
    );
    if (!books) throw new Error(`no order ${orderId}`);
    return books;
  }
}

export const gbp = (amount: number) => ({ amount, currency: 'GBP' });
