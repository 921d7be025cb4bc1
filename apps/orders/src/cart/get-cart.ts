import { type Cart } from '@lethe/contracts';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { CartStore } from './cart.store.js';

/** A customer's cart; empty where there never was one. */
export class GetCart extends Query<Cart> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(GetCart)
export class GetCartHandler implements IQueryHandler<GetCart> {
  constructor(private readonly carts: CartStore) {}

  async execute({ customerId }: GetCart): Promise<Cart> {
    const { items } = await this.carts.read(customerId);
    return { items };
  }
}
