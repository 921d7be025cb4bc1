import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CartStore } from './cart.store.js';

/** Forgets the cart of a customer who is gone (S54); there need not be one. */
export class DeleteCart extends Command<void> {
  constructor(readonly customerId: string) {
    super();
  }
}

@CommandHandler(DeleteCart)
export class DeleteCartHandler implements ICommandHandler<DeleteCart> {
  constructor(private readonly carts: CartStore) {}

  async execute({ customerId }: DeleteCart): Promise<void> {
    await this.carts.delete(customerId);
  }
}
