import type { MessageDefinition } from '@lethe/topology';

/** A message ready to be sent, as the outbox keeps it. */
export interface PublishEntry {
  /**
   * The caller's name for the entry; comes back in its result, and may occur twice. On a FIFO destination it is the
   * deduplication id, so give the id of the message, which stays the same however often it is sent.
   */
  readonly id: string;
  readonly definition: MessageDefinition;
  /** CloudEvents JSON. */
  readonly body: string;
  /** W3C trace context, also inside the body. */
  readonly traceparent?: string | undefined;
  /**
   * Messages of one group stay in order on a FIFO queue or topic (there the envelope's `subject` is the default), and
   * hold up no other group on a fair queue. Elsewhere it means nothing.
   */
  readonly group?: string | undefined;
  /** Seconds for which SQS keeps the message back, 0 to 900. Standard queues only: later, and events, by the outbox. */
  readonly delaySeconds?: number | undefined;
  /** Further attributes. With `type` and `traceparent` there are ten at most. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** What became of one entry. Without an error, SNS or SQS has it. */
export interface PublishResult {
  readonly id: string;
  readonly error?: Error;
}
