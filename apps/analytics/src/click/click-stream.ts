import type { Clicks } from '@lethe/contracts';
import { ConsumerGroup, StreamProducer } from '@lethe/streaming';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

/**
 * Begins and ends the work on the stream of clicks with the replica: at the end first no more is read and the leases are
 * freed, then, when the last request is answered, what the producer holds is sent.
 */
@Injectable()
export class ClickStream implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly group: ConsumerGroup<typeof Clicks>,
    private readonly producer: StreamProducer<typeof Clicks>,
  ) {}

  onApplicationBootstrap(): void {
    // Not awaited: orders are counted and clicks accepted before the leases are shared out.
    void this.group.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.group.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.producer.close();
  }
}
