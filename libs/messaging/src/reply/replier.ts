import { type Timers, currentTrace, formatTraceparent, uuidv7 } from '@lethe/kernel';
import {
  type Envelope,
  type ReplyPart,
  type RequestDefinition,
  type ServiceDefinition,
  type Topology,
  encodeReply,
  replyType,
} from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import type { Received } from '../consumer/consumer.types.js';
import type { MessagingLogger } from '../logger.js';
import { Answer } from './answer.js';
import { REPLY_TO, isReplyQueueOf } from './reply-address.js';
import { ReplySender } from './reply-sender.js';

export interface ReplierOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  readonly clients: MessagingClients;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
}

/** The answering side of request and reply. */
export class Replier {
  readonly #options: ReplierOptions;
  readonly #sender: ReplySender;

  constructor(options: ReplierOptions) {
    this.#options = options;
    this.#sender = new ReplySender(options);
  }

  /** Where the sender of a message waits for an answer. Undefined where it does not, or names a queue that is not its own. */
  answerTo({ attributes }: Received, envelope: Envelope, definition: RequestDefinition): Answer | undefined {
    const queue = attributes[REPLY_TO]?.StringValue;
    if (queue === undefined) return undefined;
    const { topology, logger, timers } = this.#options;
    if (!isReplyQueueOf(topology, envelope.source, queue)) {
      logger.warn(
        { messageId: envelope.id, type: envelope.type, queue },
        'an answer was asked for elsewhere: none is sent',
      );
      return undefined;
    }
    return new Answer((part) => this.#send(queue, envelope, definition, part), timers);
  }

  #send(queue: string, request: Envelope, definition: RequestDefinition, part: ReplyPart): Promise<boolean> {
    const { service, timers } = this.#options;
    const trace = currentTrace();
    const traceparent = trace && formatTraceparent(trace);
    const time = timers.now();
    const id = uuidv7(time);
    const fields = { id, source: service.name, requestType: request.type, requestId: request.id, time, traceparent };
    const reply = { id, definition, type: replyType(request.type), body: encodeReply(part, fields), traceparent };
    return this.#sender.send(queue, reply);
  }
}
