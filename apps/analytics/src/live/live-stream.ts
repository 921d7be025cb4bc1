import { Readable } from 'node:stream';

/** Milliseconds after which a client that lost its stream comes back, to whichever replica. */
const RETRY_MS = 1_000;

export interface LiveStart {
  readonly caller: string;
  /** The version that the client has seen; undefined for none. */
  readonly seen: number | undefined;
  /** In milliseconds since the Unix epoch: when the caller's token ends. */
  readonly endsAt: number;
}

/** One client's server-sent events. A client that does not read is passed over: what counts is the newest. */
export class LiveStream {
  readonly body = new Readable({ read: () => undefined, highWaterMark: 64 * 1_024 });
  #seen: number | undefined;
  #saidAt: number;

  constructor(
    readonly start: LiveStart,
    now: number,
  ) {
    this.#seen = start.seen;
    this.#saidAt = now;
    // Sends the headers, too.
    this.body.push(`retry: ${RETRY_MS}\n\n`);
  }

  /** Tells the present where it is another than the client has seen. */
  tell(version: number, data: string, now: number): void {
    if (version === this.#seen || this.#isFull) return;
    this.#seen = version;
    this.#say(`id: ${version}\nevent: totals\ndata: ${data}\n\n`, now);
  }

  /** Says a comment where nothing was said for so long, lest a balancer take the connection for dead. */
  beat(everyMs: number, now: number): void {
    if (now - this.#saidAt >= everyMs && !this.#isFull) this.#say(':\n\n', now);
  }

  end(): void {
    if (!this.body.destroyed) this.body.push(null);
  }

  get #isFull(): boolean {
    return this.body.destroyed || this.body.readableLength >= this.body.readableHighWaterMark;
  }

  #say(text: string, now: number): void {
    this.#saidAt = now;
    this.body.push(text);
  }
}
