import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Querier } from '@lethe/database';
import { NOTIFY } from '../outbox.sql.js';

/** How long a relay of this process has to begin before the others are called. */
const PEERS_AFTER_MS = 100;

/**
 * The bell between those who write messages and the relay of this process, and, through Postgres, the relays of others.
 * Rings are coalesced. A lost ring costs a poll interval and never a message.
 */
export class Wake {
  /** Tells our own notifications from those of others. */
  readonly origin = randomUUID();
  readonly #logger = new Logger('Outbox');
  #pending = false;
  #answer: (() => void) | undefined;
  #peers: NodeJS.Timeout | undefined;
  #crowded = false;
  #closed = false;

  constructor(private readonly database: Querier) {}

  /** There is work: the relay of this process at once; the others where it does not begin within 100 ms. */
  ring(): void {
    this.hear();
    this.#schedule();
  }

  /** There may be work; said by another process. */
  hear(): void {
    this.#pending = true;
    this.#answer?.();
  }

  /** There is more work than one relay takes at once. */
  callPeers(): void {
    this.#crowded = true;
    this.#schedule();
  }

  /** Called by the relay before it looks for work: whatever rings later is new. Gives whether it has rung before. */
  begin(): boolean {
    const rung = this.#pending;
    this.#pending = false;
    return rung;
  }

  /** Resolves at the next ring, after the time, or when aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#pending || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#answer = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      this.#answer = done;
    });
  }

  /** No further notification is sent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#peers);
  }

  #schedule(): void {
    if (this.#closed || this.#peers !== undefined) return;
    this.#peers = setTimeout(() => {
      this.#peers = undefined;
      if (!this.#pending && !this.#crowded) return;
      this.#crowded = false;
      this.database.query(NOTIFY, [this.origin]).catch((error: unknown) => {
        this.#logger.warn(`other relays were not notified, they poll: ${String(error)}`);
      });
    }, PEERS_AFTER_MS).unref();
  }
}
