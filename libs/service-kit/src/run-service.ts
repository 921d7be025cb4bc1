import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ServiceOptions, createService } from './create-service.js';
import { drain } from './drain/drain.js';
import { handleSignals } from './drain/signals.js';
import { createLogger } from './observe/logger.js';

export interface RunOptions extends ServiceOptions {
  /** Called when everything else of the drain is done: close pools here. */
  readonly onClosed?: (app: NestFastifyApplication) => Promise<void>;
}

/**
 * Runs a service until it is told to stop: the whole of an app's `main.ts`. SIGTERM and SIGINT drain it; a start that
 * fails is logged and ends the process with 1.
 */
export async function runService(options: RunOptions): Promise<void> {
  const { config, definition } = options;
  const logger =
    options.logger ?? createLogger({ service: definition.name, instance: config.INSTANCE_ID, level: config.LOG_LEVEL });
  const started = Promise.withResolvers<NestFastifyApplication>();
  handleSignals({
    source: process,
    exit: (code) => process.exit(code),
    logger,
    timeoutMs: config.DRAIN_TIMEOUT_MS,
    drain: async () =>
      drain(await started.promise, { delayMs: config.DRAIN_DELAY_MS, onClosed: options.onClosed, logger }),
  });
  try {
    const app = await createService({ ...options, logger });
    await app.listen({ port: config.PORT, host: config.HOST });
    started.resolve(app);
    logger.info({ url: await app.getUrl() }, 'listening');
  } catch (error) {
    logger.fatal({ err: error }, 'the service did not start');
    process.exit(1);
  }
}
