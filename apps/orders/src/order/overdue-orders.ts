import { AuthorizePayment, ReserveStock, type ordersService } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Outbox } from '@lethe/outbox';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type OverdueRow, REMIND_OVERDUE } from './order.sql.js';

const LOOK_EVERY_MS = 30_000;
const BATCH = 100;

/**
 * The time-out of each step (R24): an order that waits too long for stock or for its payment is asked about again, since
 * the message may lie in a dead-letter queue. Both commands may be repeated: catalog answers as it did, and the provider
 * charges once. Every replica looks; an order is taken by one of them (R29).
 */
@Injectable()
export class OverdueOrders implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('OverdueOrders');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox<typeof ordersService>,
  ) {}

  /** Sends the command of the step under way again for overdue orders, at most a hundred; gives their number. */
  remind(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const overdue = await tx.query<OverdueRow>(REMIND_OVERDUE, [BATCH]);
      const rows = overdue.map(({ id: orderId, status, items }) =>
        status === 'pending'
          ? this.outbox.row(ReserveStock, { orderId, items }, { key: orderId })
          : this.outbox.row(AuthorizePayment, { orderId }, { key: orderId }),
      );
      await this.outbox.addAll(tx, rows);
      return overdue.length;
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking = this.look();
    }, LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      const reminded = await this.remind();
      if (reminded > 0) this.logger.warn(`${reminded} orders are overdue; their step was asked for again`);
    } catch (error) {
      this.logger.warn(`overdue orders were not looked for: ${String(error)}`);
    }
  }
}
