import type { Message } from '@lethe/topology';
import { BaseRpcContext, type PacketMetadata } from '@nestjs/microservices';
import { readMetadata } from './packet-metadata.js';

export interface SqsContextFields {
  readonly message: Message;
  readonly queue: string;
  readonly sqsMessageId: string;
  readonly receiveCount: number;
  readonly signal: AbortSignal;
  readonly groupId?: string | undefined;
  /** The attribute, as it came. */
  readonly metadata?: string | undefined;
}

/** What a handler may know about the delivery of its message: the second argument of a method with `@Handles`. */
export class SqsContext extends BaseRpcContext<[SqsContextFields]> {
  /** The message, as the handler gets it. */
  readonly message: Message;
  /** Name of the queue it came from. */
  readonly queue: string;
  /** The id that SQS gave it; the id to deduplicate by is `message.id`. */
  readonly sqsMessageId: string;
  /** How often SQS has handed it out, this time included (`ApproximateReceiveCount`). */
  readonly receiveCount: number;
  /**
   * Aborted when the message is no longer this consumer's alone (visibility lost), when the handler's time is over, or
   * the drain's grace period.
   * A handler checks it before it commits an effect that is not fenced by the inbox (R18).
   */
  readonly signal: AbortSignal;
  /** `MessageGroupId`: there on a FIFO queue, perhaps on a fair one. */
  readonly groupId: string | undefined;

  constructor(fields: SqsContextFields) {
    super([fields]);
    this.message = fields.message;
    this.queue = fields.queue;
    this.sqsMessageId = fields.sqsMessageId;
    this.receiveCount = fields.receiveCount;
    this.signal = fields.signal;
    this.groupId = fields.groupId;
  }

  /** The type of the message. */
  getPattern(): string {
    return this.message.type;
  }

  /** What a dispatch hook of the client (`setOnDispatchHook`) attached, if anything. */
  getMetadata(): PacketMetadata | undefined {
    return readMetadata(this.getArgByIndex(0).metadata);
  }

  /** The same delivery, for another handler of its message. */
  another(): SqsContext {
    return new SqsContext(this.getArgByIndex(0));
  }
}
