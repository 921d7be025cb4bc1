import { AuthorizePayment, RefundPayment, VoidPayment, ordersService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { GiveBackPayment } from './give-back-payment.js';
import { PayOrder } from './pay-order.js';
import { RefundMoney } from './refund-payment.js';

/** What the service tells itself about an order's money: a method per message, as in `OrderProcess`. */
@Controller()
export class PaymentProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(ordersService, AuthorizePayment)
  async authorizePayment(message: MessageOf<typeof AuthorizePayment>): Promise<void> {
    await this.commands.execute(new PayOrder(message));
  }

  @Handles(ordersService, VoidPayment)
  async voidPayment(message: MessageOf<typeof VoidPayment>): Promise<void> {
    await this.commands.execute(new GiveBackPayment(message));
  }

  @Handles(ordersService, RefundPayment)
  async refundPayment(message: MessageOf<typeof RefundPayment>): Promise<void> {
    await this.commands.execute(new RefundMoney(message));
  }
}
