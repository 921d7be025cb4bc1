import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CartStore } from './cart.store.js';

/** Empties the cart that an order was placed from, unless it was changed since. Said twice, it acts once: by the version. */
export class EmptyCart extends Command<void> {
  constructor(
    readonly customerId: string,
    readonly version: number,
  ) {
    super();
  }
}

@CommandHandler(EmptyCart)
export class EmptyCartHandler implements ICommandHandler<EmptyCart> {
  constructor(private readonly carts: CartStore) {}

  async execute({ customerId, version }: EmptyCart): Promise<void> {
    await this.carts.emptyAt(customerId, version);
  }
}
