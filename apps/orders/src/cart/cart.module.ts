import { Module } from '@nestjs/common';
import { CartController } from './cart.controller.js';
import { CartStore } from './cart.store.js';
import { DeleteCartHandler } from './delete-cart.js';
import { EmptyCartHandler } from './empty-cart.js';
import { GetCartHandler } from './get-cart.js';
import { PutCartItemHandler } from './put-cart-item.js';
import { RemoveCartItemHandler } from './remove-cart-item.js';

/** Carts. */
@Module({
  controllers: [CartController],
  providers: [
    CartStore,
    GetCartHandler,
    PutCartItemHandler,
    RemoveCartItemHandler,
    EmptyCartHandler,
    DeleteCartHandler,
  ],
  exports: [CartStore],
})
export class CartModule {}
