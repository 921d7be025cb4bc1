import { EventEmitter } from 'node:events';
import type { AwsClients } from '@lethe/aws';
import { type BackoffOptions, type Clock, systemClock } from '@lethe/kernel';
import { type Message, type QueueResource, type ServiceDefinition, type Topology, resourcesOf } from '@lethe/topology';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { RETRY_BACKOFF_SECONDS } from './backoff.js';
import { Consumer, type Settled } from './consumer.js';
import { Dispatcher, consume } from './dispatch.js';
import { checkHandlers } from './handler-check.js';
import { SQS_TRANSPORT } from './handles.js';
import { type MessagingLogger, silentLogger } from './logger.js';
import { DestinationError } from './messaging.errors.js';
import type { SqsContext } from './sqs-context.js';
import { SqsQueue } from './sqs-queue.js';

export interface SqsServerOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  readonly clients: AwsClients;
  /** Handlers that run at once. Default 32. */
  readonly concurrency?: number;
  /** Default: silence. */
  readonly logger?: MessagingLogger;
  readonly clock?: Clock;
  /** Milliseconds that running handlers get when the server closes. Default 20 000. */
  readonly drainMs?: number;
  /** Seconds that a poll waits at an empty queue, at most 20. Default 20. */
  readonly waitSeconds?: number;
  /** Seconds that a message stays hidden without an extension. Default: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
  /** Seconds between the receives of a message that failed. Default from 0 to 1, doubling, up to 300. */
  readonly backoff?: BackoffOptions;
}

/** What `status` tells. */
export type SqsServerStatus = 'listening' | 'draining' | 'closed';

/** What `on` tells. */
export type SqsServerEvents = {
  /** A delivery has ended: handled and deleted, returned for a retry, or dead-lettered. */
  settled: (settled: Settled) => void;
};

const DEFAULTS = { concurrency: 32, drainMs: 20_000, waitSeconds: 20, pollers: 4 } as const;

/**
 * Nest's server side of SNS and SQS: the queue of one service. Delivery is at least once; a message is deleted after its
 * handler has ended well, and an error is a retry with backoff until SQS dead-letters the message. `listen` fails with a
 * {@link HandlerMismatchError} or {@link DestinationError} where handlers or the queue are missing.
 */
export class SqsServer extends Server<SqsServerEvents, SqsServerStatus> implements CustomTransportStrategy {
  override readonly transportId = SQS_TRANSPORT;
  /** Errors reach this transport, which retries; Nest must not log them as lost. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: SqsServerOptions;
  readonly #events = new EventEmitter();
  #consumer: Consumer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SqsServerOptions) {
    super();
    this.#options = options;
  }

  override async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.#consumer = await this.#open();
    } catch (error) {
      callback(error);
      return;
    }
    this.#consumer.start();
    this._status$.next('listening');
    callback();
  }

  /** Drains: see {@link Consumer.close}. Asked twice, it drains once. */
  override close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  override on<Name extends keyof SqsServerEvents>(event: Name, callback: SqsServerEvents[Name]): void {
    this.#events.on(event, callback);
  }

  /** The SQS client. */
  override unwrap<T>(): T {
    return this.#options.clients.sqs as T;
  }

  async #open(): Promise<Consumer> {
    const {
      service,
      clients,
      logger = silentLogger,
      clock = systemClock,
      backoff = RETRY_BACKOFF_SECONDS,
    } = this.#options;
    checkHandlers(service, this.messageHandlers);
    const resource = this.#resource();
    const queue = await SqsQueue.open(resource.name, clients);
    const { concurrency = DEFAULTS.concurrency, waitSeconds = DEFAULTS.waitSeconds } = this.#options;
    return new Consumer({
      queue,
      resource,
      clients,
      logger,
      clock,
      concurrency,
      waitSeconds,
      backoff,
      pollers: Math.min(DEFAULTS.pollers, Math.ceil(concurrency / 10)),
      dispatcher: new Dispatcher(service, queue.name, (message, context) => this.#invoke(message, context)),
      handlerOf: (type) => this.#handlerName(type),
      onSettled: (settled) => this.#events.emit('settled', settled),
    });
  }

  /** The service's queue as the topology has it. */
  #resource(): QueueResource {
    const { service, topology, visibilityTimeoutSeconds } = this.#options;
    const resource = resourcesOf(topology).queues.find(({ owner }) => owner === service.name);
    if (!resource) throw new DestinationError(service.name, `has no queue in the topology ${topology.name}`);
    return visibilityTimeoutSeconds === undefined ? resource : { ...resource, visibilityTimeoutSeconds };
  }

  /** Runs the handler between Nest's processing hooks. */
  #invoke(message: Message, context: SqsContext): Promise<void> {
    const handler = this.getHandlerByPattern(message.type);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.onProcessingStartHook(SQS_TRANSPORT, context, async () => {
      try {
        if (handler) await consume(handler, message, context);
        resolve();
      } catch (error) {
        reject(error);
      } finally {
        this.onProcessingEndHook?.(SQS_TRANSPORT, context);
      }
    });
    return promise;
  }

  #handlerName(type: string): string | undefined {
    const name: unknown = this.getHandlerByPattern(type)?.extras?.['handler'];
    return typeof name === 'string' ? name : undefined;
  }

  async #close(): Promise<void> {
    this._status$.next('draining');
    await this.#consumer?.close(this.#options.drainMs ?? DEFAULTS.drainMs);
    this._status$.next('closed');
  }
}
