import { type EventEmitter } from 'node:events';
import { type Logger } from 'pino';

export interface SignalOptions {
  /** Where signals and uncaught errors arise; `process` but in tests. */
  readonly source: EventEmitter;
  readonly exit: (code: number) => void;
  readonly logger: Logger;
  /** When draining is given up, in milliseconds. */
  readonly timeoutMs: number;
  readonly drain: () => Promise<void>;
}

/**
 * SIGTERM and SIGINT drain and exit with 0; a second signal, a drain that fails or that takes longer than `timeoutMs`,
 * and any uncaught error exit with 1.
 */
export function handleSignals({ source, exit, logger, timeoutMs, drain }: SignalOptions): void {
  let draining = false;
  const stop = (signal: string): void => {
    if (draining) {
      logger.error({ signal }, 'second signal: exit at once');
      exit(1);
      return;
    }
    draining = true;
    logger.info({ signal }, 'signal');
    setTimeout(() => {
      logger.error({ timeoutMs }, 'drain took too long: exit with work left');
      exit(1);
    }, timeoutMs).unref();
    drain().then(
      () => exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'drain failed');
        exit(1);
      },
    );
  };
  source.on('SIGTERM', () => stop('SIGTERM'));
  source.on('SIGINT', () => stop('SIGINT'));
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    source.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event);
      exit(1);
    });
  }
}
