import type { MessageDefinition } from '@lethe/topology';

/** One message on its way out. */
export interface OutgoingMessage {
  /** Of the row, each time it is sent: so FIFO queues, too, drop what is sent again, within their five minutes. */
  readonly id: string;
  /** The row's key: a group of FIFO and of fair queues. */
  readonly group: string;
  readonly definition: MessageDefinition;
  readonly body: string;
  readonly traceparent?: string;
}

/** What the relay sends through; `MessagePublisher` of @lethe/messaging is one. An entry without `error` is accepted. */
export interface Publisher {
  publishBatch(entries: OutgoingMessage[]): Promise<readonly { readonly id: string; readonly error?: Error }[]>;
}

export interface RelayOptions {
  /** Rows claimed at once. Default 100. */
  readonly batchSize?: number;
  /** Batches in flight at once while there is a backlog, each with a connection of the pool. Default 2. */
  readonly concurrency?: number;
  /** The longest that work waits when every wake was lost. Default 1,000 ms. */
  readonly pollMs?: number;
  /** How long the rows of a batch stay locked for the publisher at most. Default 15,000 ms. */
  readonly publishTimeoutMs?: number;
  /** Tries after which a row that the broker refuses, while it takes others, is parked (R16). Default 10. */
  readonly parkAfter?: number;
  /** Whether to LISTEN for other processes. Default true; RDS Proxy pins a LISTEN, there polling may be preferred. */
  readonly listen?: boolean;
  /** How often old rows of the inbox are looked for. Default 600,000 ms. */
  readonly sweepEveryMs?: number;
}

/** How far behind the outbox is (R17). */
export interface OutboxLag {
  /** Age in milliseconds of the oldest unsent row that is not parked, of a message of later since its time; 0 where there is none. */
  readonly ageMs: number;
  /** Unsent rows, 100,001 standing for "more". */
  readonly unsent: number;
  /** Rows set aside after too many refusals: they wait for `unpark()`. */
  readonly parked: number;
  /** Messages of later that are not in line yet, 100,001 standing for "more". */
  readonly scheduled: number;
}
