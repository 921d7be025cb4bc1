import { type Timers, systemTimers } from '@lethe/kernel';
import type { MessageDefinition, Topology } from '@lethe/topology';
import type { MessagingClients } from './clients.js';
import { Addresses, type Destination, destinationOf } from './destinations.js';
import { type MessagingLogger, silentLogger } from './logger.js';
import { PublishError } from './messaging.errors.js';
import { Semaphore } from './semaphore.js';
import { Admission, type Room } from './sending/admission.js';
import { ClaimCheck, type ClaimCheckOptions } from './sending/claim-check.js';
import { Lane, type LaneContext } from './sending/lane.js';
import { Outgoing, prepare } from './sending/outgoing.js';
import type { PublishEntry, PublishResult } from './sending/publish-entry.js';
import { SizeLimit } from './sending/size-limit.js';

export interface MessagePublisherOptions {
  readonly topology: Topology;
  readonly clients: MessagingClients;
  /** Twelve digits; part of the ARN of a topic. */
  readonly accountId: string;
  /** Batch requests in flight at once. Default 8. */
  readonly concurrency?: number;
  /** Milliseconds that an entry waits for company while the lane is busy. Default 2. */
  readonly lingerMs?: number;
  /** Requests in which an entry goes out at most, where SNS or SQS refuse it alone for a reason that passes. Default 4. */
  readonly attempts?: number;
  /** What is held at once; beyond it senders wait. Default 2,000 entries and 16 MiB. */
  readonly maxPending?: Partial<Room>;
  /** Where data goes that is too large for its destination. Without it such an entry is refused. */
  readonly claimCheck?: ClaimCheckOptions;
  readonly timers?: Timers;
  readonly logger?: MessagingLogger;
}

const DEFAULTS = {
  concurrency: 8,
  lingerMs: 2,
  attempts: 4,
  maxPending: { entries: 2_000, bytes: 16_777_216 },
} as const;

/**
 * Publishes events to the topic of their owner, and sends commands to the queue of theirs, in as few requests as can be:
 * what is issued at the same time leaves in batches of ten. Entries arrive in any order, except those of one group on a
 * FIFO destination, which stay in the order in which they were issued.
 */
export class MessagePublisher {
  readonly #options: MessagePublisherOptions;
  readonly #addresses: Addresses;
  readonly #context: LaneContext;
  readonly #admission: Admission;
  readonly #destinations = new Map<string, Destination>();
  readonly #lanes = new Map<string, Lane>();
  #issued = 0;

  constructor(options: MessagePublisherOptions) {
    const { clients, claimCheck } = options;
    this.#options = options;
    this.#addresses = new Addresses(clients, options.accountId);
    this.#admission = new Admission({ ...DEFAULTS.maxPending, ...options.maxPending });
    this.#context = {
      clients,
      permits: new Semaphore(options.concurrency ?? DEFAULTS.concurrency),
      claimCheck: claimCheck && new ClaimCheck(clients, claimCheck),
      timers: options.timers ?? systemTimers,
      lingerMs: options.lingerMs ?? DEFAULTS.lingerMs,
      attempts: options.attempts ?? DEFAULTS.attempts,
      issued: () => this.#issued,
    };
  }

  /** Entries that are held, and senders that wait for room. */
  get pending(): { readonly entries: number; readonly waiting: number } {
    const { entries, waiting } = this.#admission;
    return { entries, waiting };
  }

  /**
   * Sends one entry, together with others that are issued at the same time. Ends when SNS or SQS has it. Rejects with a
   * {@link PublishError}: `senderFault` tells whether sending the same again is pointless. Await it: while too much is
   * held, it waits before it takes the entry (back-pressure).
   */
  publish(entry: PublishEntry): Promise<void> {
    this.#issued += 1;
    return this.#submit(entry, this.#laneOf(entry.definition));
  }

  /**
   * Sends any number of entries, and tells of each whether it was accepted, in the order given. Never throws: an entry
   * that is too large or was refused has its own error and holds up none of the others, those behind it in its FIFO
   * group excepted.
   */
  async publishBatch(entries: readonly PublishEntry[]): Promise<PublishResult[]> {
    this.#issued += 1;
    const lanes = new Set<Lane>();
    const sent = entries.map((entry) => {
      const lane = this.#laneOf(entry.definition);
      lanes.add(lane);
      return this.#submit(entry, lane);
    });
    for (const lane of lanes) lane.flush();
    const outcomes = await Promise.allSettled(sent);
    return outcomes.map((outcome, at): PublishResult => {
      const id = entries[at]?.id ?? '';
      return outcome.status === 'fulfilled' ? { id } : { id, error: asError(outcome.reason) };
    });
  }

  async #submit(entry: PublishEntry, lane: Lane): Promise<void> {
    const prepared = prepare(entry, lane.destination);
    const issued = this.#issued;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const item = new Outgoing(entry, prepared, issued, (error) => (error ? reject(error) : resolve()));
    const { bytes } = item;
    const admitted = this.#admission.enter(bytes);
    if (admitted) await admitted;
    try {
      lane.offer(item);
      await promise;
    } finally {
      this.#admission.leave(bytes);
    }
  }

  #laneOf(definition: MessageDefinition): Lane {
    const destination = this.#destinationOf(definition);
    const { kind, name } = destination;
    const key = `${kind} ${name}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      const { clients, logger = silentLogger } = this.#options;
      const address = () => this.#addresses.of(destination);
      lane = new Lane(
        destination,
        this.#context,
        address,
        new SizeLimit(clients, destination, address, this.#context.timers, logger),
      );
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #destinationOf(definition: MessageDefinition): Destination {
    const { kind, owner } = definition;
    const key = `${kind} ${owner}`;
    let destination = this.#destinations.get(key);
    if (!destination) {
      destination = destinationOf(this.#options.topology, definition);
      this.#destinations.set(key, destination);
    }
    return destination;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new PublishError('unknown', 'Unknown', String(reason), false);
}
