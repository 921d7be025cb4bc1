import { type Order } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { OrderNotFoundError } from '../orders.errors.js';
import { readOrder } from './order.rows.js';

/** One order; `customerId` null for whoever may see all. Throws an {@link OrderNotFoundError}. */
export class GetOrder extends Query<Order> {
  constructor(
    readonly orderId: string,
    readonly customerId: string | null,
  ) {
    super();
  }
}

@QueryHandler(GetOrder)
export class GetOrderHandler implements IQueryHandler<GetOrder> {
  constructor(private readonly database: Database) {}

  async execute({ orderId, customerId }: GetOrder): Promise<Order> {
    const order = await readOrder(this.database, orderId, customerId);
    if (!order) throw new OrderNotFoundError();
    return order;
  }
}
