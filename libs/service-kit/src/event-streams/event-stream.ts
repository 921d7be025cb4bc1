import { Readable } from 'node:stream';

/** Milliseconds after which a client that lost its stream comes back, to whichever replica. */
const RETRY_MS = 1_000;
/** What may wait for a client that does not read before it counts as behind. */
const WAITING_BYTES = 64 * 1_024;

/** Where a stream begins, and when it ends at the latest. */
export interface StreamStart {
  /** Whose stream it is, so that nobody opens them all. */
  readonly caller: string;
  /** The id of the last event that the client has seen, or one below the first. */
  readonly after: number;
  /** In milliseconds since the Unix epoch: when the caller's token ends. */
  readonly endsAt: number;
}

/** One client's server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream<Start extends StreamStart = StreamStart> {
  readonly body = new Readable({ read: () => undefined, highWaterMark: WAITING_BYTES });
  #after: number;
  #saidAt: number;
  #ended = false;

  constructor(
    readonly start: Start,
    private readonly clock: { readonly now: () => number },
  ) {
    this.#after = start.after;
    this.#saidAt = clock.now();
    // Sends the headers, too.
    this.body.push(`retry: ${RETRY_MS}\n\n`);
  }

  /** The id of the last event that the client was told. */
  get after(): number {
    return this.#after;
  }

  /** Whether more waits for the client than it should: where only the newest counts, it is passed over. */
  get isBehind(): boolean {
    return this.body.readableLength >= this.body.readableHighWaterMark;
  }

  /** Tells of an event; `data` is one line. */
  tell(id: number, event: string, data: string): void {
    this.#after = id;
    this.#say(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`);
  }

  /** Says a comment where nothing was said for so long, lest a balancer take the connection for dead. */
  beat(everyMs: number): void {
    if (this.clock.now() - this.#saidAt >= everyMs && !this.isBehind) this.#say(':\n\n');
  }

  /** Ends the answer; what was said before still reaches the client. */
  end(): void {
    if (this.#ended || this.body.destroyed) return;
    this.#ended = true;
    this.body.push(null);
  }

  #say(text: string): void {
    if (this.#ended || this.body.destroyed) return;
    this.#saidAt = this.clock.now();
    this.body.push(text);
  }
}
