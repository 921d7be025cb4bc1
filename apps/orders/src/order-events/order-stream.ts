import { Readable } from 'node:stream';
import type { OrderStatus } from '@lethe/contracts';
import { isAtRest } from '../order/order.js';
import type { OrderEvent } from './order-events.sql.js';

/** Milliseconds after which a client that lost its stream comes back. */
const RETRY_MS = 1_000;

/** Where a stream begins, and when it ends at the latest. */
export interface StreamStart {
  readonly orderId: string;
  /** Whose stream it is, so that nobody opens them all. */
  readonly caller: string;
  /** The version of the history that the client has seen; 0 for none. */
  readonly after: number;
  /** In milliseconds since the Unix epoch: when the caller's token ends. */
  readonly endsAt: number;
}

/**
 * One client's server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The id of an event is
 * the version of the order that it tells of. What a client that does not read leaves waiting is little: an order has few
 * states, and a stream an end.
 */
export class OrderStream {
  readonly body = new Readable({ read: () => undefined });
  #after: number;
  #saidAt: number;
  #ended = false;
  #told: OrderStatus | undefined;

  constructor(
    readonly start: StreamStart,
    now: number,
  ) {
    this.#after = start.after;
    this.#saidAt = now;
    // Sends the headers, too.
    this.body.push(`retry: ${RETRY_MS}\n\n`);
  }

  /** The newest version that was told. */
  get after(): number {
    return this.#after;
  }

  /** Tells of a change. */
  tell(version: number, event: OrderEvent, now: number): void {
    if (version <= this.#after) return;
    this.#after = version;
    this.#say(`id: ${version}\nevent: status\ndata: ${JSON.stringify(event)}\n\n`, now);
    this.#told = event.status;
  }

  /** Ends the stream where nothing is under way for the order after the last change that was told. */
  endAtRest(): void {
    if (this.#told !== undefined && isAtRest(this.#told)) this.end();
  }

  /** Says a comment where nothing was said for so long, lest a balancer take the connection for dead. */
  beat(everyMs: number, now: number): void {
    if (now - this.#saidAt >= everyMs) this.#say(':\n\n', now);
  }

  /** Ends the answer; what was said before still reaches the client. */
  end(): void {
    this.#ended = true;
    this.body.push(null);
  }

  #say(text: string, now: number): void {
    if (this.#ended || this.body.destroyed) return;
    this.#saidAt = now;
    this.body.push(text);
  }
}
