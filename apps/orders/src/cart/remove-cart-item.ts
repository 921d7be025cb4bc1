import { type Cart } from '@lethe/contracts';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { withoutItem } from './cart.js';
import { CartStore } from './cart.store.js';

/** Takes a product out of the cart, or, without one, all of them; does nothing where they are not in it. */
export class RemoveCartItem extends Command<Cart> {
  constructor(
    readonly customerId: string,
    readonly productId?: string,
  ) {
    super();
  }
}

@CommandHandler(RemoveCartItem)
export class RemoveCartItemHandler implements ICommandHandler<RemoveCartItem> {
  constructor(private readonly carts: CartStore) {}

  async execute({ customerId, productId }: RemoveCartItem): Promise<Cart> {
    const id = productId?.toLowerCase();
    const { items } = await this.carts.change(customerId, (items) => {
      if (id !== undefined) return withoutItem(items, id);
      return items.length === 0 ? items : [];
    });
    return { items };
  }
}
