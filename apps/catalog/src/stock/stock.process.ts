import { OrderConfirmed, ReleaseStock, ReserveStock, RestockReturn, catalogService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ReleaseOrderStock } from './release-stock.js';
import { ReserveOrderStock } from './reserve-stock.js';
import { RestockReturnedGoods } from './restock/restock-return.js';
import { SellOrderStock } from './sell-stock.js';

/** The part of catalog in the life of an order: a method per message. */
@Controller()
export class StockProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(catalogService, ReserveStock)
  async onReserveStock(message: MessageOf<typeof ReserveStock>): Promise<void> {
    await this.commands.execute(new ReserveOrderStock(message));
  }

  @Handles(catalogService, ReleaseStock)
  async onReleaseStock(message: MessageOf<typeof ReleaseStock>): Promise<void> {
    await this.commands.execute(new ReleaseOrderStock(message));
  }

  @Handles(catalogService, RestockReturn)
  async onRestockReturn(message: MessageOf<typeof RestockReturn>): Promise<void> {
    await this.commands.execute(new RestockReturnedGoods(message));
  }

  @Handles(catalogService, OrderConfirmed)
  async onOrderConfirmed(message: MessageOf<typeof OrderConfirmed>): Promise<void> {
    await this.commands.execute(new SellOrderStock(message));
  }
}
