import { type Cart } from '@lethe/contracts';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CatalogClient } from '../catalog/catalog.client.js';
import { ProductNotFoundError } from '../orders.errors.js';
import { withItem } from './cart.js';
import { CartStore } from './cart.store.js';

/** So much of a product into the cart. Throws a {@link ProductNotFoundError}, or a `CartFullError`. */
export class PutCartItem extends Command<Cart> {
  constructor(
    readonly customerId: string,
    readonly productId: string,
    readonly quantity: number,
  ) {
    super();
  }
}

@CommandHandler(PutCartItem)
export class PutCartItemHandler implements ICommandHandler<PutCartItem> {
  constructor(
    private readonly carts: CartStore,
    private readonly catalog: CatalogClient,
  ) {}

  async execute({ customerId, productId, quantity }: PutCartItem): Promise<Cart> {
    const id = productId.toLowerCase();
    const { missing } = await this.catalog.quote([id]);
    if (missing.length > 0) throw new ProductNotFoundError(id);
    const { items } = await this.carts.change(customerId, (items) => withItem(items, id, quantity));
    return { items };
  }
}
