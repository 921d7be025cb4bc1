import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { type BatchResultErrorEntry, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { MessageDefinition, Topology } from '@lethe/topology';
import type { MessagingClients } from './clients.js';
import { type TextAttributes, messageBytes, splitBatches, textAttributes } from './batches.js';
import { Addresses, type Destination, destinationOf } from './destinations.js';
import { MessageTooLargeError, PublishError } from './messaging.errors.js';
import { Semaphore } from './semaphore.js';

/** A message ready to be sent, as the outbox keeps it. */
export interface PublishEntry {
  /** The caller's name for the entry; comes back in its result. May occur twice. */
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

export interface MessagePublisherOptions {
  readonly topology: Topology;
  readonly clients: MessagingClients;
  /** Twelve digits; part of the ARN of a topic. */
  readonly accountId: string;
  /** Batch requests in flight at once. Default 8. */
  readonly concurrency?: number;
  /** Largest request to SQS, in bytes. Default 1 MiB, the limit of SQS for a message and for a batch. */
  readonly maxQueueBytes?: number;
  /** Largest request to SNS, in bytes. Default 256 KiB, which every topic takes; more is opt-in per topic. */
  readonly maxTopicBytes?: number;
}

interface Prepared {
  readonly at: number;
  readonly id: string;
  readonly body: string;
  readonly attributes: TextAttributes;
  readonly bytes: number;
}
interface Lot {
  readonly destination: Destination;
  readonly entries: Prepared[];
}

const DEFAULTS = { concurrency: 8, maxQueueBytes: 1_048_576, maxTopicBytes: 262_144 } as const;

/** Publishes events to the topic of their owner, and sends commands to the queue of theirs, in as few requests as can be. */
export class MessagePublisher {
  readonly #topology: Topology;
  readonly #clients: MessagingClients;
  readonly #addresses: Addresses;
  readonly #permits: Semaphore;
  readonly #maxBytes: Readonly<Record<Destination['kind'], number>>;

  constructor(options: MessagePublisherOptions) {
    this.#topology = options.topology;
    this.#clients = options.clients;
    this.#addresses = new Addresses(options.clients, options.accountId);
    this.#permits = new Semaphore(options.concurrency ?? DEFAULTS.concurrency);
    this.#maxBytes = {
      queue: options.maxQueueBytes ?? DEFAULTS.maxQueueBytes,
      topic: options.maxTopicBytes ?? DEFAULTS.maxTopicBytes,
    };
  }

  /**
   * Sends any number of entries, and tells of each whether it was accepted, in the order given. Never throws: an entry
   * that is too large or was refused has its own error and holds up none of the others. Entries of one batch, and
   * batches, may arrive in any order.
   */
  async publishBatch(entries: readonly PublishEntry[]): Promise<PublishResult[]> {
    const results: PublishResult[] = entries.map(({ id }) => ({ id }));
    const fail = (at: number, error: Error) => {
      const id = results[at]?.id;
      if (id !== undefined) results[at] = { id, error };
    };
    const batches = [...this.#lots(entries, fail).values()].flatMap(({ destination, entries: lot }) =>
      splitBatches(lot, this.#maxBytes[destination.kind]).map((batch) => ({ destination, batch })),
    );
    await Promise.all(
      batches.map(({ destination, batch }) => this.#permits.run(() => this.#send(destination, batch, fail))),
    );
    return results;
  }

  /**
   * Sends one entry together with others that are issued at the same time. Rejects with a {@link PublishError}.
   */
  async publish(entry: PublishEntry): Promise<void> {
    const [result] = await this.publishBatch([entry]);
    if (result?.error) throw result.error;
  }

  /** Entries by destination, without those that are too large. */
  #lots(entries: readonly PublishEntry[], fail: (at: number, error: Error) => void): Map<string, Lot> {
    const lots = new Map<string, Lot>();
    for (const [at, { id, definition, body, traceparent }] of entries.entries()) {
      const destination = destinationOf(this.#topology, definition);
      const attributes = textAttributes({ type: definition.type, traceparent });
      const bytes = messageBytes(body, attributes);
      const limit = this.#maxBytes[destination.kind];
      if (bytes > limit) {
        fail(at, new MessageTooLargeError(destination.name, bytes, limit));
        continue;
      }
      const key = `${destination.kind} ${destination.name}`;
      const lot = lots.get(key) ?? { destination, entries: [] };
      lots.set(key, lot);
      lot.entries.push({ at, id, body, attributes, bytes });
    }
    return lots;
  }

  async #send(
    destination: Destination,
    batch: readonly Prepared[],
    fail: (at: number, error: Error) => void,
  ): Promise<void> {
    try {
      for (const failed of await this.#request(destination, batch)) {
        const entry = batch[Number(failed.Id)];
        if (!entry) continue;
        const { Code = 'Unknown', Message = 'no reason given', SenderFault = false } = failed;
        fail(entry.at, new PublishError(destination.name, Code, Message, SenderFault));
      }
    } catch (cause) {
      const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
      for (const { at } of batch) fail(at, new PublishError(destination.name, name, message, false, { cause }));
    }
  }

  /** Entry ids are indexes: the same message may be in a batch twice. */
  async #request(destination: Destination, batch: readonly Prepared[]): Promise<readonly BatchResultErrorEntry[]> {
    const address = await this.#addresses.of(destination);
    if (destination.kind === 'topic') {
      const { Failed } = await this.#clients.sns.send(
        new PublishBatchCommand({
          TopicArn: address,
          PublishBatchRequestEntries: batch.map(({ body, attributes }, index) => ({
            Id: String(index),
            Message: body,
            MessageAttributes: attributes,
          })),
        }),
      );
      return Failed ?? [];
    }
    const { Failed } = await this.#clients.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: address,
        Entries: batch.map(({ body, attributes }, index) => ({
          Id: String(index),
          MessageBody: body,
          MessageAttributes: attributes,
        })),
      }),
    );
    return Failed ?? [];
  }
}
