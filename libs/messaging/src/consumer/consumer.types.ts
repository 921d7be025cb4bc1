import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { BackoffOptions, Timers, TraceContext } from '@lethe/kernel';
import type { Envelope } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import type { HandlerOutcome } from '../handler-outcome.js';
import type { HandlerResult } from '../nest/handles.js';
import type { MessagingLogger } from '../logger.js';

/** A message as SQS handed it out. */
export interface Received {
  readonly sqsMessageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** `ApproximateReceiveCount`, 1 for the first time; on a FIFO queue the retries in this process are added. */
  readonly receiveCount: number;
  /** When it was sent to the queue, in milliseconds since the Unix epoch. */
  readonly sentAt?: number | undefined;
  readonly attributes: NonNullable<SqsMessage['MessageAttributes']>;
  /** `MessageGroupId`: always there on a FIFO queue, perhaps on a fair one. */
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** What came of one delivery, and as much as is known of the message. */
export interface Handled {
  readonly outcome: HandlerOutcome;
  readonly envelope?: Envelope | undefined;
  /** In which log lines about the end of the delivery are written. */
  readonly trace?: TraceContext | undefined;
  /** `Class.method`, or another name that a person finds the handler by. */
  readonly handler?: string | undefined;
}

/**
 * Does the work of a message. It ends when the work has; the signal is aborted when the message may be someone else's
 * ({@link VisibilityLostError}), when the time for it is over ({@link HandlerTimeoutError}), and when the consumer
 * closes and the grace period is over ({@link DrainTimeoutError}).
 */
export type Handle = (received: Received, signal: AbortSignal) => Promise<Handled>;

/** A {@link Handle} without ceremony: nothing is done, an error or {@link RetryLater} again, {@link Reject} never again. */
export type PlainHandle = (received: Received, signal: AbortSignal) => Promise<HandlerResult> | HandlerResult;

/** One delivery that has ended. */
export interface Settled {
  readonly outcome: 'done' | 'retried' | 'dead-lettered';
  /** Whether SQS took the delete, the retry or the dead letter. If not, the message comes back. */
  readonly accepted: boolean;
  readonly type: string | undefined;
  readonly messageId: string | undefined;
  readonly sqsMessageId: string;
  readonly receiveCount: number;
  readonly groupId?: string | undefined;
  readonly handler?: string | undefined;
  /** Of a dead letter: a word for the kind of fault. */
  readonly reason?: string | undefined;
  /** Milliseconds that the handler ran. */
  readonly durationMs: number;
  /** Milliseconds from receipt until SQS took the delete, the retry or the dead letter. */
  readonly heldMs: number;
  /** Milliseconds from being sent to the queue to the end of the handler. */
  readonly ageMs: number | undefined;
  /** The original error of the handler, a RetryLater or Reject included. */
  readonly error?: unknown;
}

/** How a consumer stands. */
export interface ConsumerState {
  readonly status: 'new' | 'running' | 'draining' | 'closed';
  /** Receives in flight, and how many there may be now. */
  readonly polls: number;
  readonly pollLimit: number;
  /** Handlers that run, and how many may now. */
  readonly running: number;
  readonly concurrency: number;
  /** Messages that wait for a handler's slot, or behind another of their group. */
  readonly waiting: number;
  /** Messages received and not yet settled, those above included. */
  readonly unsettled: number;
}

/** Told of what a consumer does. Called on the way of every message: must be quick. An error of its own is logged. */
export interface ConsumerObserver {
  /** A receive was answered with so many messages, perhaps none, after so many milliseconds. */
  received?(count: number, waitedMs: number): void;
  settled?(settled: Settled): void;
  /** A message came back whose work was done here, and whose delete had not been confirmed: it is deleted unhandled. */
  repeated?(received: Received): void;
  /** The number of polls or of handlers that may run has changed, or the status. */
  state?(state: ConsumerState): void;
}

/**
 * The queue of a consumer. What is not given is asked of SQS at the start: the URL by the name, and the attributes. A
 * `QueueResource` of `@lethe/topology` is one.
 */
export interface ConsumedQueue {
  readonly name?: string;
  readonly url?: string;
  /** Default: whether the name ends in `.fifo`. */
  readonly fifo?: boolean;
  readonly visibilityTimeoutSeconds?: number;
  /** Receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount?: number;
  /** Name of the dead-letter queue. A queue without one keeps rejected messages. */
  readonly deadLetterQueue?: string;
}

/** Bounds of a number that adapts. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface SqsConsumerOptions {
  readonly clients: MessagingClients;
  readonly queue: ConsumedQueue;
  readonly handle: Handle | PlainHandle;
  /** Default: silence. */
  readonly logger?: MessagingLogger | undefined;
  readonly timers?: Timers | undefined;
  /** Handlers that run at once: a number, or bounds within which it follows what comes through. Default 8 to 256. */
  readonly concurrency?: number | Bounds | undefined;
  /** Seconds that a poll waits at an empty queue, at most 20. Default 20. */
  readonly waitSeconds?: number | undefined;
  /** Seconds between the tries of a message that failed. Default from 0 to 1, doubling, up to 300. */
  readonly backoff?: BackoffOptions | undefined;
  /** Milliseconds after which a handler's signal is aborted. Default: none, it may run as long as it likes. */
  readonly handlerTimeoutMs?: number | undefined;
  readonly observer?: ConsumerObserver | undefined;
}
