import { KeepLake, UserDeleted, analyticsService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { EraseCustomer } from './erase-customer.js';
import { LakeKeeper } from './lake-keeper.js';

/** What is done about the lake when messages say so: a method per message. */
@Controller()
export class LakeProcess {
  constructor(
    private readonly commands: CommandBus,
    private readonly keeper: LakeKeeper,
  ) {}

  /** A round may come twice, or two at once: each finds what is left to do. */
  @Handles(analyticsService, KeepLake)
  async onKeepLake(): Promise<void> {
    await this.keeper.keep();
  }

  @Handles(analyticsService, UserDeleted)
  async onUserDeleted(message: MessageOf<typeof UserDeleted>): Promise<void> {
    await this.commands.execute(new EraseCustomer(message));
  }
}
