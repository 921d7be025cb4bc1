import type { Timers } from '@lethe/kernel';
import type { ReplyPart } from '@lethe/topology';
import { ReplyRefusedError } from '../messaging.errors.js';
import { presentableError } from './error-payload.js';

/** Sends one part of an answer. False where nobody waits for it any more. Never rejects. */
export type SendPart = (part: ReplyPart) => Promise<boolean>;

/** Milliseconds for which the items of a stream gather into one message. */
const LINGER_MS = 2;
/** Bytes of items that go into one message. A single larger item goes alone. */
const PART_BYTES = 200_000;
/** Bytes of the largest item: with its envelope it stays under the 1 MiB of SQS. */
const MAX_ITEM_BYTES = 1_000_000;
/** Bytes that wait to be sent for one request, at most (R11). */
const MAX_UNSENT_BYTES = 4_194_304;

interface Unsent {
  readonly item: unknown;
  readonly bytes: number;
}

/** The answer to one request: any number of items, and an end. What comes at the same time leaves together, in order. */
export class Answer {
  readonly #unsent: Unsent[] = [];
  #bytes = 0;
  #from = 0;
  #end: Pick<ReplyPart, 'end' | 'error'> | undefined;
  #sending = false;
  #gone = false;
  #cancelLinger: (() => void) | undefined;
  readonly #ended = Promise.withResolvers<void>();

  constructor(
    private readonly send: SendPart,
    private readonly timers: Pick<Timers, 'after'>,
  ) {}

  /** Whether nobody waits any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** One item. Throws a {@link ReplyRefusedError} where it is too large, or too much waits to be sent. */
  next(item: unknown): void {
    const text: string | undefined = JSON.stringify(item);
    if (text === undefined || this.#gone) return;
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_ITEM_BYTES) throw new ReplyRefusedError(`${bytes} bytes are more than ${MAX_ITEM_BYTES}`);
    if (this.#bytes + bytes > MAX_UNSENT_BYTES)
      throw new ReplyRefusedError(`more than ${MAX_UNSENT_BYTES} bytes wait to be sent`);
    this.#unsent.push({ item, bytes });
    this.#bytes += bytes;
    this.#cancelLinger ??= this.timers.after(LINGER_MS, () => void this.#send());
  }

  /** Ends the answer. Waits until all of it is sent, or nobody waits for it. */
  complete(): Promise<void> {
    return this.#finish({ end: true });
  }

  /** Ends the answer with an error, of which the asker learns no more than is meant for it. */
  fail(error: unknown): Promise<void> {
    return this.#finish({ end: true, error: presentableError(error) });
  }

  #finish(end: Pick<ReplyPart, 'end' | 'error'>): Promise<void> {
    this.#end ??= end;
    void this.#send();
    return this.#ended.promise;
  }

  async #send(): Promise<void> {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    if (this.#sending) return;
    this.#sending = true;
    let ended = false;
    while (!ended && !this.#gone && (this.#unsent.length > 0 || this.#end)) {
      const part = this.#take();
      ended = part.end === true;
      this.#gone = !(await this.send(part));
    }
    this.#sending = false;
    if (ended || this.#gone) this.#ended.resolve();
  }

  #take(): ReplyPart {
    const items: unknown[] = [];
    let bytes = 0;
    for (let next = this.#unsent[0]; next; next = this.#unsent[0]) {
      if (items.length > 0 && bytes + next.bytes > PART_BYTES) break;
      this.#unsent.shift();
      items.push(next.item);
      bytes += next.bytes;
    }
    this.#bytes -= bytes;
    const from = this.#from;
    this.#from += items.length;
    return { from, items, ...(this.#unsent.length === 0 ? this.#end : {}) };
  }
}
