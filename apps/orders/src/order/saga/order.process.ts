import { ClearCart, RemindOrder, StockRejected, StockReserved, UserDeleted, ordersService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DeleteCart } from '../../cart/delete-cart.js';
import { EmptyCart } from '../../cart/empty-cart.js';
import { RejectOrder } from './reject-order.js';
import { RemindOfOrder } from './remind-order.js';
import { ReserveOrder } from './reserve-order.js';

/**
 * The life of an order after it was placed: a method per message, each a row's step under the row's lock. Messages may
 * come twice, late, or in another order: a step that the order is past does nothing, and an order that ended gives
 * back what others set aside for it (R13, R24).
 */
@Controller()
export class OrderProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(ordersService, StockReserved)
  async stockReserved(message: MessageOf<typeof StockReserved>): Promise<void> {
    await this.commands.execute(new ReserveOrder(message));
  }

  @Handles(ordersService, StockRejected)
  async stockRejected(message: MessageOf<typeof StockRejected>): Promise<void> {
    await this.commands.execute(new RejectOrder(message));
  }

  @Handles(ordersService, RemindOrder)
  async remindOrder(message: MessageOf<typeof RemindOrder>): Promise<void> {
    await this.commands.execute(new RemindOfOrder(message));
  }

  @Handles(ordersService, ClearCart)
  async clearCart({ data }: MessageOf<typeof ClearCart>): Promise<void> {
    await this.commands.execute(new EmptyCart(data.customerId, data.cartVersion));
  }

  /** Orders stay, for the books: they hold the id of an account that no longer leads to anyone. */
  @Handles(ordersService, UserDeleted)
  async userDeleted({ data }: MessageOf<typeof UserDeleted>): Promise<void> {
    await this.commands.execute(new DeleteCart(data.userId));
  }
}
