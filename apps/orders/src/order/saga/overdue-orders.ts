import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OrderSaga } from './order.saga.js';

const LOOK_EVERY_MS = 60_000;

/**
 * The net under the time-outs: sends those again whose message was lost after it had left, in a dead-letter queue say, or
 * was never set, by a replica of a version that set none (R38). So no order waits for ever (R24). Every replica looks; an
 * order is taken by one of them (R29).
 */
@Injectable()
export class OverdueOrders implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('OverdueOrders');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly saga: OrderSaga) {}

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
      const lost = await this.saga.resendLost();
      if (lost > 0) this.logger.warn(`the time-outs of ${lost} orders were lost and are sent again`);
    } catch (error) {
      this.logger.warn(`lost time-outs were not looked for: ${String(error)}`);
    }
  }
}
