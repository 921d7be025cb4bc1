import { setTimeout as pause } from 'node:timers/promises';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { Lifecycle } from './lifecycle.js';

export interface DrainOptions {
  /** How long to go on serving, not ready, while balancers notice; in milliseconds. */
  readonly delayMs: number;
  /** Called last, when nothing works any more: closes pools. */
  readonly onClosed?: ((app: NestFastifyApplication) => Promise<void>) | undefined;
  readonly logger: Logger;
}

/**
 * Takes a replica out of service so that nothing begun is lost. In this order: not ready, still serving; no new messages,
 * those begun are finished; HTTP requests are finished and connections close; the outbox's last batch is sent (Nest's
 * onApplicationShutdown); pools close.
 */
export async function drain(app: NestFastifyApplication, { delayMs, onClosed, logger }: DrainOptions): Promise<void> {
  logger.info('drain: not ready');
  app.get(Lifecycle).startDraining();
  await pause(delayMs);
  logger.info('drain: messages');
  await Promise.all(app.getMicroservices().map((microservice) => closeTransport(microservice)));
  logger.info('drain: requests');
  await app.close();
  await onClosed?.(app);
  logger.info('drain: done');
}

/** What NestMicroservice has and its interface does not tell. */
interface HasTransport {
  getTransportServer(): { close(): unknown };
}

/** Only the transport: closing the microservice itself would run the whole application's shutdown hooks. */
async function closeTransport(microservice: object): Promise<void> {
  await (microservice as HasTransport).getTransportServer().close();
}
