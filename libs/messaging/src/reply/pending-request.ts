import type { Timers } from '@lethe/kernel';
import { type ReplyPart, type RequestDefinition, readReply } from '@lethe/topology';
import type { WritePacket } from '@nestjs/microservices';
import { RequestFailedError } from '../messaging.errors.js';

export interface PendingRequestOptions {
  readonly definition: RequestDefinition;
  readonly callback: (packet: WritePacket) => void;
  readonly timers: Pick<Timers, 'after'>;
  /** Milliseconds without a reply after which it is given up. */
  readonly timeoutMs: number;
  /** Called once, whichever way it ends. */
  readonly onEnd: () => void;
}

/** Items that arrived before one that precedes them, at most (R11). */
const MAX_EARLY = 10_000;

/** A request whose answer is awaited. It hands on replies in order, each once, however they arrive. */
export class PendingRequest {
  readonly #options: PendingRequestOptions;
  readonly #early = new Map<number, unknown>();
  #next = 0;
  #end: { readonly at: number; readonly error: unknown } | undefined;
  #ended = false;
  #cancelTimeout: (() => void) | undefined;

  constructor(options: PendingRequestOptions) {
    this.#options = options;
    this.#restartTimeout();
  }

  get definition(): RequestDefinition {
    return this.#options.definition;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Takes a part of the answer. A request that was handled twice is answered twice: what is known already is skipped. */
  deliver({ from, items, end, error }: ReplyPart): void {
    if (this.#ended) return;
    for (const [index, item] of items.entries()) if (from + index >= this.#next) this.#early.set(from + index, item);
    if (end) this.#end ??= { at: from + items.length, error };
    this.#handOn();
    if (this.#early.size > MAX_EARLY)
      this.fail(
        new RequestFailedError(this.definition.type, 'overflow', `more than ${MAX_EARLY} replies came too early`),
      );
  }

  /** Ends it with an error. */
  fail(err: unknown): void {
    if (this.cancel()) this.#options.callback({ err, isDisposed: true });
  }

  /** Ends it without a word. False where it had ended. */
  cancel(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#cancelTimeout?.();
    this.#early.clear();
    this.#options.onEnd();
    return true;
  }

  #handOn(): void {
    const { definition, callback } = this.#options;
    const before = this.#next;
    while (!this.#ended && this.#early.has(this.#next)) {
      const item = this.#early.get(this.#next);
      this.#early.delete(this.#next);
      this.#next += 1;
      try {
        callback({ response: readReply(definition, item) });
      } catch (error) {
        this.fail(error);
      }
    }
    if (this.#ended) return;
    if (this.#end && this.#next >= this.#end.at) this.#finish(this.#end.error);
    else if (this.#next > before) this.#restartTimeout();
  }

  #finish(error: unknown): void {
    if (error !== undefined) this.fail(error);
    else if (this.cancel()) this.#options.callback({ isDisposed: true });
  }

  #restartTimeout(): void {
    const { timers, timeoutMs, definition } = this.#options;
    this.#cancelTimeout?.();
    this.#cancelTimeout = timers.after(timeoutMs, () => {
      this.fail(new RequestFailedError(definition.type, 'timeout', `no reply within ${timeoutMs} ms`));
    });
  }
}
