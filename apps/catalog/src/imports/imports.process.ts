import { RunImport, catalogService } from '@lethe/contracts';
import { Handles, SqsContext } from '@lethe/messaging';
import { type BaseConfig, CONFIG, Lifecycle, TaskProtection } from '@lethe/service-kit';
import type { MessageOf } from '@lethe/topology';
import { Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RunCatalogImport } from './run-import.js';

/** The background side of imports: while one runs, ECS does not take the task away, though another could go on. */
@Controller()
export class ImportsProcess {
  constructor(
    private readonly commands: CommandBus,
    private readonly lifecycle: Lifecycle,
    private readonly protection: TaskProtection,
    @Inject(CONFIG) private readonly config: Pick<BaseConfig, 'DRAIN_DELAY_MS'>,
  ) {}

  @Handles(catalogService, RunImport)
  async onRunImport(message: MessageOf<typeof RunImport>, context: SqsContext): Promise<void> {
    const run = new RunCatalogImport(message.data.importId, () => this.#stopsFor(context.signal));
    await this.protection.during(() => this.commands.execute(run));
  }

  /**
   * A replica that drains still polls for a while: the message waits until it no longer does, or it would come straight
   * back and use up its receives.
   */
  #stopsFor(signal: AbortSignal): number | undefined {
    if (signal.aborted) return 0;
    return this.lifecycle.draining ? Math.ceil(this.config.DRAIN_DELAY_MS / 1000) + 1 : undefined;
  }
}
