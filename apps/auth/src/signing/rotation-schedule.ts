import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { KeyRotation } from './key-rotation.js';

const LOOK_EVERY_MS = 60_000;

/** Looks each minute whether a step of the rotation is due. Every replica looks; one of them does it (R29). */
@Injectable()
export class RotationSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly rotation: KeyRotation,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.look();
    }, LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** One look. Never rejects: keys that are not rotated today are rotated when Postgres answers again. */
  async look(): Promise<void> {
    try {
      const step = await this.rotation.tick();
      if (step.announced !== undefined || step.activated !== undefined || step.removed.length > 0) {
        this.logger.info({ event: 'signing-keys-rotated', ...step }, 'signing keys rotated');
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'signing keys were not looked after');
    }
  }
}
