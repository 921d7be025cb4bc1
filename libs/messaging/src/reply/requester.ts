import { AsyncResource } from 'node:async_hooks';
import { type Timers, currentActor, currentTrace, formatActor, formatTraceparent, uuidv7 } from '@lethe/kernel';
import {
  type Envelope,
  type RequestDefinition,
  type ServiceDefinition,
  type Topology,
  decodeEnvelope,
  encodeMessage,
  readReplyPart,
} from '@lethe/topology';
import type { WritePacket } from '@nestjs/microservices';
import type { MessagingClients } from '../clients.js';
import type { MessagingLogger } from '../logger.js';
import { RequestFailedError } from '../messaging.errors.js';
import type { MessagePublisher } from '../publisher.js';
import { PendingRequest } from './pending-request.js';
import { REPLY_TO } from './reply-address.js';
import { ReplyPoller } from './reply-poller.js';
import { ReplyQueue } from './reply-queue.js';

/** A reply that nobody waits for: its request has ended. */
export interface DroppedReply {
  readonly type: string;
  /** Id of the request. */
  readonly requestId: string | undefined;
}

export interface RequesterOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  readonly publisher: MessagePublisher;
  readonly clients: MessagingClients;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  /** Milliseconds without a reply after which a request is given up. */
  readonly timeoutMs: number;
  /** Requests that wait at once, at most (R11). */
  readonly maxPending: number;
  readonly onOpen: () => void;
  readonly onDropped: (reply: DroppedReply) => void;
}

interface Mailbox {
  readonly queue: ReplyQueue;
  readonly poller: ReplyPoller;
}

/** The asking side of request and reply: one reply queue, made for the first request. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #pending = new Map<string, PendingRequest>();
  #mailbox: Promise<Mailbox> | undefined;
  #closed = false;

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  /** Asks, and tells the callback of each reply and of the end, in the context of the caller. Gives what gives it up. */
  ask(
    definition: RequestDefinition,
    data: unknown,
    callback: (packet: WritePacket) => void,
    attributes: Readonly<Record<string, string>> = {},
  ): () => void {
    const { service, timers, timeoutMs, maxPending } = this.#options;
    const time = timers.now();
    const id = uuidv7(time);
    const trace = currentTrace();
    const traceparent = trace && formatTraceparent(trace);
    let body: string;
    try {
      const actor = formatActor(currentActor() ?? { kind: 'service', name: service.name });
      body = encodeMessage(definition, data, { id, source: service.name, time, traceparent, actor });
      if (this.#closed) throw new RequestFailedError(definition.type, 'closed', 'the client is closed');
      if (this.#pending.size >= maxPending)
        throw new RequestFailedError(definition.type, 'overflow', `${maxPending} requests wait already`);
    } catch (err) {
      callback({ err, isDisposed: true });
      return () => undefined;
    }
    const request = new PendingRequest({
      definition,
      timers,
      timeoutMs,
      callback: AsyncResource.bind(callback),
      onEnd: () => void this.#pending.delete(id),
    });
    this.#pending.set(id, request);
    void this.#send(request, { id, definition, body, traceparent, attributes, group: id });
    return () => void request.cancel();
  }

  /** Fails what waits, and deletes the reply queue. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#failAll('closed', 'the client closes');
    // One that could not be made was told of by the request that wanted it; there is nothing to close.
    const mailbox = await this.#mailbox?.catch(() => undefined);
    this.#mailbox = undefined;
    await mailbox?.poller.stop();
    await mailbox?.queue.close();
  }

  /** Never rejects. */
  async #send(request: PendingRequest, entry: Parameters<MessagePublisher['publish']>[0]): Promise<void> {
    try {
      const { queue, poller } = await this.#open();
      if (request.ended) return;
      await this.#options.publisher.publish({ ...entry, attributes: { ...entry.attributes, [REPLY_TO]: queue.name } });
      poller.wake();
    } catch (error) {
      request.fail(error);
    }
  }

  async #open(): Promise<Mailbox> {
    const opening = (this.#mailbox ??= this.#makeMailbox());
    try {
      return await opening;
    } catch (error) {
      // The next request tries again.
      if (this.#mailbox === opening) this.#mailbox = undefined;
      throw error;
    }
  }

  async #makeMailbox(): Promise<Mailbox> {
    const { topology, service, clients, logger, timers, onOpen } = this.#options;
    const queue = await ReplyQueue.open({ topology: topology.name, service: service.name, clients, logger, timers });
    const poller = new ReplyPoller({
      queue,
      clients,
      logger,
      timers,
      wanted: () => this.#pending.size > 0,
      deliver: (body) => this.#deliver(body),
      onLost: (error) => this.#lose(queue, error),
    });
    onOpen();
    return { queue, poller };
  }

  /** What waits will not be answered; the next request makes another queue. */
  #lose(queue: ReplyQueue, cause: unknown): void {
    this.#options.logger.error({ err: cause, queue: queue.name }, 'the reply queue is gone');
    this.#mailbox = undefined;
    this.#failAll('queue-lost', `${queue.name} is gone`, cause);
    void queue.close();
  }

  #failAll(reason: 'closed' | 'queue-lost', detail: string, cause?: unknown): void {
    for (const request of this.#pending.values())
      request.fail(new RequestFailedError(request.definition.type, reason, detail, { cause }));
  }

  /** Never throws: what anyone may have written to the queue is dropped, or fails its own request. */
  #deliver(body: string): void {
    const { logger, onDropped } = this.#options;
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(body);
    } catch (error) {
      logger.warn({ err: error }, 'a reply could not be read');
      return;
    }
    const { subject: requestId, type } = envelope;
    const request = requestId === undefined ? undefined : this.#pending.get(requestId);
    if (!request) {
      logger.debug({ requestId, type }, 'a reply came that nobody waits for');
      onDropped({ type, requestId });
      return;
    }
    try {
      request.deliver(readReplyPart(request.definition, envelope));
    } catch (error) {
      request.fail(error);
    }
  }
}
