import { EventEmitter } from 'node:events';
import {
  type Timers,
  currentActor,
  currentTrace,
  formatActor,
  formatTraceparent,
  systemTimers,
  uuidv7,
} from '@lethe/kernel';
import {
  type InputOf,
  type MessageDefinition,
  type ReplyOf,
  type RequestDefinition,
  type ServiceDefinition,
  type Topology,
  encodeMessage,
  isRequest,
} from '@lethe/topology';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import type { MessagingClients } from '../clients.js';
import { type MessagingLogger, silentLogger } from '../logger.js';
import { RequestFailedError, UndeclaredMessageError } from '../messaging.errors.js';
import { metadataAttributes } from './packet-metadata.js';
import type { MessagePublisher } from '../publisher.js';
import { type DroppedReply, Requester } from '../reply/requester.js';

export interface SqsClientProxyOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  readonly publisher: MessagePublisher;
  readonly clients: MessagingClients;
  /** Default: silence. */
  readonly logger?: MessagingLogger;
  readonly timers?: Timers;
  /** Milliseconds without a reply after which a request fails; a stream may take so long between two. Default 30 000. */
  readonly replyTimeoutMs?: number;
  /** Requests that wait for their replies at once; more fail at once. Default 1 000. */
  readonly maxPendingRequests?: number;
}

/** What `status` tells: whether there is a reply queue. */
export type SqsClientStatus = 'connected' | 'closed';

/** What `on` tells. */
export type SqsClientEvents = {
  /** A reply came after its request had ended, and was dropped. */
  dropped: (reply: DroppedReply) => void;
};

const DEFAULTS = { replyTimeoutMs: 30_000, maxPendingRequests: 1_000 } as const;

/**
 * Nest's client over SNS and SQS. `emit(OrderPlaced.type, data)` ends when SNS or SQS has the message, and errs where the
 * service does not declare it, its data breaks its schema, or it was refused; what must not be lost between a commit and
 * the send goes through the outbox instead. `send(Price.type, data)`, or `request(Price, data)` with types, asks and
 * gives the replies: its errors are what the handler's `RpcException` says, a {@link RequestFailedError}, or that of a
 * schema. Ask again only what may be done twice.
 */
export class SqsClientProxy extends ClientProxy<SqsClientEvents, SqsClientStatus> {
  readonly #options: SqsClientProxyOptions;
  readonly #timers: Timers;
  readonly #events = new EventEmitter();
  readonly #requester: Requester;

  constructor(options: SqsClientProxyOptions) {
    super();
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#requester = new Requester({
      ...options,
      logger: options.logger ?? silentLogger,
      timers: this.#timers,
      timeoutMs: options.replyTimeoutMs ?? DEFAULTS.replyTimeoutMs,
      maxPending: options.maxPendingRequests ?? DEFAULTS.maxPendingRequests,
      onOpen: () => this._status$.next('connected'),
      onDropped: (reply) => this.#events.emit('dropped', reply),
    });
  }

  /** Nothing to open: the reply queue is made for the first request, so that who only emits has none. */
  override async connect(): Promise<void> {}

  /** Fails what waits for replies, and deletes the reply queue. */
  override async close(): Promise<void> {
    await this.#requester.close();
    this._status$.next('closed');
  }

  override on<Name extends keyof SqsClientEvents>(event: Name, callback: SqsClientEvents[Name]): void {
    this.#events.on(event, callback);
  }

  /** The SQS client. */
  override unwrap<T>(): T {
    return this.#options.clients.sqs as T;
  }

  /** `send`, with the types of the request and of its replies. Cold: each subscription asks. */
  request<D extends RequestDefinition>(definition: D, data: InputOf<D>): Observable<ReplyOf<D>> {
    return this.send<ReplyOf<D>, InputOf<D>>(definition.type, data);
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const type = String(packet.pattern);
    try {
      const definition = this.#definitionOf(type);
      if (!isRequest(definition)) throw new RequestFailedError(type, 'not-a-request', 'it has no reply: emit it');
      return this.#requester.ask(definition, packet.data, callback, metadataAttributes(packet.metadata));
    } catch (err) {
      callback({ err, isDisposed: true });
      return () => undefined;
    }
  }

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { service, publisher } = this.#options;
    const definition = this.#definitionOf(String(packet.pattern));
    const trace = currentTrace();
    const traceparent = trace && formatTraceparent(trace);
    const time = this.#timers.now();
    const id = uuidv7(time);
    const actor = formatActor(currentActor() ?? { kind: 'service', name: service.name });
    const body = encodeMessage(definition, packet.data, { id, source: service.name, time, traceparent, actor });
    const attributes = metadataAttributes(packet.metadata);
    await publisher.publish({ id, definition, body, traceparent, attributes });
    return undefined as T;
  }

  #definitionOf(type: string): MessageDefinition {
    const { publishes, sends, name } = this.#options.service;
    const definition = [...publishes, ...sends].find((message) => message.type === type);
    if (!definition) throw new UndeclaredMessageError(name, type, 'neither publishes nor sends');
    return definition;
  }
}
