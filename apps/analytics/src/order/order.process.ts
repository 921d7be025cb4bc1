import {
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  OrderRefunded,
  OrderRejected,
  OrderReturned,
  analyticsService,
} from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { cancelledFact, confirmedFact, placedFact, rejectedFact } from './order-fact.js';
import { RecordOrder } from './record-order.js';
import { RecordRefund } from './record-refund.js';
import { RecordReturn } from './record-return.js';

/** What analytics hears of orders: a method per message. */
@Controller()
export class OrderProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(analyticsService, OrderPlaced)
  async onOrderPlaced(message: MessageOf<typeof OrderPlaced>): Promise<void> {
    await this.commands.execute(new RecordOrder(message, placedFact(message.data)));
  }

  @Handles(analyticsService, OrderConfirmed)
  async onOrderConfirmed(message: MessageOf<typeof OrderConfirmed>): Promise<void> {
    await this.commands.execute(new RecordOrder(message, confirmedFact(message.data)));
  }

  @Handles(analyticsService, OrderRejected)
  async onOrderRejected(message: MessageOf<typeof OrderRejected>): Promise<void> {
    await this.commands.execute(new RecordOrder(message, rejectedFact(message.data)));
  }

  @Handles(analyticsService, OrderCancelled)
  async onOrderCancelled(message: MessageOf<typeof OrderCancelled>): Promise<void> {
    await this.commands.execute(new RecordOrder(message, cancelledFact(message.data)));
  }

  @Handles(analyticsService, OrderReturned)
  async onOrderReturned(message: MessageOf<typeof OrderReturned>): Promise<void> {
    await this.commands.execute(new RecordReturn(message));
  }

  @Handles(analyticsService, OrderRefunded)
  async onOrderRefunded(message: MessageOf<typeof OrderRefunded>): Promise<void> {
    await this.commands.execute(new RecordRefund(message));
  }
}
