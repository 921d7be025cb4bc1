import { EventEmitter } from 'node:events';
import { type BackoffOptions, type Timers, systemTimers } from '@lethe/kernel';
import { type QueueResource, type ServiceDefinition, type Topology, isRequest, resourcesOf } from '@lethe/topology';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { MessagingClients } from '../clients.js';
import type { Bounds, ConsumerObserver, Settled } from '../consumer/consumer.types.js';
import { SqsConsumer } from '../consumer/sqs-consumer.js';
import { type Delivery, Dispatcher } from './dispatch.js';
import { checkHandlers } from './handler-check.js';
import type { HandlerOutcome } from '../handler-outcome.js';
import { SQS_TRANSPORT } from './handles.js';
import { type MessagingLogger, silentLogger } from '../logger.js';
import { DestinationError } from '../messaging.errors.js';
import { HandlerRegistry } from './handler-registry.js';
import { runHandlers } from './run-handlers.js';
import { Replier } from '../reply/replier.js';
import { runRequest } from '../reply/run-request.js';
import { ClaimCheck, type ClaimCheckOptions } from '../sending/claim-check.js';
import { ConsumerTelemetry } from '../telemetry/consumer-telemetry.js';
import { observers } from '../telemetry/observers.js';

export interface SqsServerOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  readonly clients: MessagingClients;
  /** Handlers that run at once: a number, or bounds within which it follows what comes through. Default 8 to 256. */
  readonly concurrency?: number | Bounds;
  /** Default: silence. */
  readonly logger?: MessagingLogger;
  readonly timers?: Timers;
  /** Milliseconds that running handlers get when the server closes. Default 20 000. */
  readonly drainMs?: number;
  /** Seconds that a poll waits at an empty queue, at most 20. Default 20. */
  readonly waitSeconds?: number;
  /** Seconds that a message stays hidden without an extension. Default: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
  /** Seconds between the receives of a message that failed. Default from 0 to 1, doubling, up to 300. */
  readonly backoff?: BackoffOptions;
  /** Milliseconds after which a handler's signal is aborted. Default: none, it may run as long as it likes. */
  readonly handlerTimeoutMs?: number;
  /** Told of every delivery, for metrics. OpenTelemetry is told already. */
  readonly observer?: ConsumerObserver;
  /** Where data lies that was too large for its message: the publisher's. Without it such a message is dead-lettered. */
  readonly claimCheck?: ClaimCheckOptions;
}

/** What `status` tells. */
export type SqsServerStatus = 'listening' | 'draining' | 'closed';

/** What `on` tells. */
export type SqsServerEvents = {
  /** A delivery has ended: handled and deleted, returned for a retry, or dead-lettered. */
  settled: (settled: Settled) => void;
};

const DEFAULT_DRAIN_MS = 20_000;

/**
 * Nest's server side of SNS and SQS: the queue of one service. Delivery is at least once; a message is deleted after its
 * handler has ended well, and an error is a retry with backoff until SQS dead-letters the message. `listen` fails with a
 * {@link HandlerMismatchError} or {@link DestinationError} where handlers or the queue are missing.
 */
export class SqsServer extends Server<SqsServerEvents, SqsServerStatus> implements CustomTransportStrategy {
  override readonly transportId = SQS_TRANSPORT;
  /** Errors reach this transport, which retries; Nest must not log them as lost. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: SqsServerOptions & { readonly logger: MessagingLogger; readonly timers: Timers };
  readonly #events = new EventEmitter();
  readonly #handlers = new HandlerRegistry();
  #consumer: SqsConsumer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SqsServerOptions) {
    super();
    this.#options = { ...options, logger: options.logger ?? silentLogger, timers: options.timers ?? systemTimers };
  }

  /** Called by Nest. Of several services in one process each server takes the handlers of its own. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const owner = extras['service'];
    if (owner !== undefined && owner !== this.#options.service.name) return;
    const type = this.normalizePattern(pattern as string);
    this.#handlers.add(type, callback);
    // The first stands for all of them in Nest's own registry, unchained: see HandlerRegistry.
    if (this.#handlers.of(type).length === 1) super.addHandler(pattern, callback, isEventHandler, extras);
  }

  override async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      checkHandlers(this.#options.service, this.#handlers.all);
      this.#consumer = this.#makeConsumer(this.#resource());
      await this.#consumer.start();
    } catch (error) {
      callback(error);
      return;
    }
    this._status$.next('listening');
    callback();
  }

  /** Drains: see {@link SqsConsumer.close}. Asked twice, it drains once. */
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

  #makeConsumer(queue: QueueResource): SqsConsumer {
    const { clients, logger, timers, concurrency, waitSeconds, backoff, handlerTimeoutMs, observer } = this.#options;
    return new SqsConsumer({
      queue,
      clients,
      logger,
      timers,
      concurrency,
      waitSeconds,
      backoff,
      handlerTimeoutMs,
      handle: this.#dispatcher(queue.name).handle,
      observer: observers(new ConsumerTelemetry(queue.name), observer, {
        settled: (settled) => void this.#events.emit('settled', settled),
      }),
    });
  }

  #dispatcher(queue: string): Dispatcher {
    const { service, topology, clients, claimCheck, timers } = this.#options;
    return new Dispatcher({
      service,
      services: topology.services,
      queue,
      timers,
      invoke: (delivery) => this.#invoke(delivery),
      handlerOf: (type) => this.#handlers.nameOf(type),
      claimCheck: claimCheck && new ClaimCheck(clients, claimCheck),
      replier: service.handles.some(isRequest) ? new Replier(this.#options) : undefined,
    });
  }

  /** The service's queue as the topology has it. */
  #resource(): QueueResource {
    const { service, topology, visibilityTimeoutSeconds } = this.#options;
    const resource = resourcesOf(topology).queues.find(({ owner }) => owner === service.name);
    if (!resource) throw new DestinationError(service.name, `has no queue in the topology ${topology.name}`);
    return visibilityTimeoutSeconds === undefined ? resource : { ...resource, visibilityTimeoutSeconds };
  }

  /** Runs the handlers between Nest's processing hooks. */
  #invoke(delivery: Delivery): Promise<HandlerOutcome> {
    const { context } = delivery;
    return new Promise((resolve, reject) => {
      this.onProcessingStartHook(SQS_TRANSPORT, context, async () => {
        try {
          resolve(await this.#run(delivery));
        } catch (error) {
          reject(error);
        } finally {
          this.onProcessingEndHook?.(SQS_TRANSPORT, context);
        }
      });
    });
  }

  #run({ definition, message, context, answer }: Delivery): Promise<HandlerOutcome> {
    const handlers = this.#handlers.of(definition.type);
    const [handler] = handlers;
    if (!answer || !handler || !isRequest(definition)) return runHandlers(handlers, message, context);
    return runRequest(handler, context, { definition, answer, logger: this.#options.logger });
  }

  async #close(): Promise<void> {
    this._status$.next('draining');
    await this.#consumer?.close(this.#options.drainMs ?? DEFAULT_DRAIN_MS);
    this._status$.next('closed');
  }
}
