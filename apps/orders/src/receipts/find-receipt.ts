import { type ReceiptOrder } from '@lethe/contracts';
import { Database, statement } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { readOrder } from '../order/order.rows.js';
import { OrderNotFoundError } from '../orders.errors.js';

/** `$1` order. */
const CUSTOMER_OF = statement('orders.customer-of', 'SELECT customer_id FROM orders WHERE id = $1');

/** What a receipt says of an order, and whose it is. */
export class FindReceipt extends Query<ReceiptOrder> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** Throws an OrderNotFoundError. */
@QueryHandler(FindReceipt)
export class FindReceiptHandler implements IQueryHandler<FindReceipt> {
  constructor(private readonly database: Database) {}

  async execute({ orderId }: FindReceipt): Promise<ReceiptOrder> {
    const [owner] = await this.database.query<{ readonly customer_id: string }>(CUSTOMER_OF, [orderId]);
    const order = owner && (await readOrder(this.database, orderId, owner.customer_id));
    if (!order) throw new OrderNotFoundError();
    const { id, items, total, amounts, placedAt, history } = order;
    const recordedAt = history[0]?.at ?? placedAt;
    const base = { id, items, total, placedAt, recordedAt, customerId: owner.customer_id };
    return { ...base, ...(amounts === undefined ? {} : { amounts }) };
  }
}
