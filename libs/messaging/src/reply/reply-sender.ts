import { QueueDoesNotExist } from '@aws-sdk/client-sqs';
import type { Timers } from '@lethe/kernel';
import type { MessageDefinition } from '@lethe/topology';
import { textAttributes } from '../batches.js';
import type { MessagingClients } from '../clients.js';
import { type Destination, queueUrlOf } from '../destinations.js';
import type { MessagingLogger } from '../logger.js';
import { Semaphore } from '../semaphore.js';
import { Lane, type LaneContext } from '../sending/lane.js';
import { Outgoing } from '../sending/outgoing.js';
import { SizeLimit } from '../sending/size-limit.js';

/** A reply as it is sent. */
export interface OutgoingReply {
  readonly id: string;
  readonly definition: MessageDefinition;
  readonly type: string;
  readonly body: string;
  readonly traceparent: string | undefined;
}

export interface ReplySenderOptions {
  readonly clients: MessagingClients;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
}

/** Reply queues that are remembered (R11). */
const MAX_LANES = 1_000;
const CONCURRENCY = 8;
const ATTEMPTS = 4;
const LINGER_MS = 2;

/** Sends replies to the queues of their askers; those to one asker leave in batches. */
export class ReplySender {
  readonly #lanes = new Map<string, Lane>();
  readonly #context: LaneContext;

  constructor(private readonly options: ReplySenderOptions) {
    const { clients, timers } = options;
    this.#context = {
      clients,
      timers,
      permits: new Semaphore(CONCURRENCY),
      claimCheck: undefined,
      lingerMs: LINGER_MS,
      attempts: ATTEMPTS,
      issued: () => 0,
    };
  }

  /** Whether SQS has it. Never rejects: a reply that cannot be sent is logged, and its asker asks again. */
  async send(queue: string, reply: OutgoingReply): Promise<boolean> {
    const { id, definition, type, body, traceparent } = reply;
    const attributes = textAttributes({ type, traceparent });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error?: Error): void => (error ? reject(error) : resolve());
    try {
      const entry = { id, definition, body, traceparent };
      this.#laneOf(queue).offer(new Outgoing(entry, { attributes, group: undefined }, 0, settle));
      await promise;
      return true;
    } catch (error) {
      this.#lanes.delete(queue);
      this.#report(error, { queue, type, replyId: id });
      return false;
    }
  }

  #laneOf(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const { clients, timers, logger } = this.options;
    const destination: Destination = { kind: 'queue', name, fifo: false, fair: false };
    let url: Promise<string> | undefined;
    const address = (): Promise<string> => (url ??= queueUrlOf(clients, name));
    const lane = new Lane(
      destination,
      this.#context,
      address,
      new SizeLimit(clients, destination, address, timers, logger),
    );
    this.#lanes.set(name, lane);
    const [oldest] = this.#lanes.keys();
    if (oldest !== undefined && this.#lanes.size > MAX_LANES) this.#lanes.delete(oldest);
    return lane;
  }

  #report(error: unknown, fields: object): void {
    const { logger } = this.options;
    if (isGone(error)) logger.debug({ ...fields, err: error }, 'nobody waits for this reply any more');
    else logger.warn({ ...fields, err: error }, 'a reply could not be sent');
  }
}

/** Whether an error comes of the queue being gone. */
function isGone(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof QueueDoesNotExist) return true;
  return false;
}
