import type { OpenSource, RecordSource, ShardPage } from './record-source.js';

export interface PrefetchOptions {
  /** Bytes of pages that are read ahead of the handler, per shard; 4 MiB. One page may go beyond it. */
  readonly maxBytes?: number;
}

/** Bytes that a record costs in memory beside its own. */
const RECORD_OVERHEAD = 200;

/**
 * Reads ahead while pages are handled, until so many bytes wait. Reading ahead begins with the first page asked for, and
 * ends when the source is closed; pages come in their order and none is lost to a `stop`.
 */
export function prefetched(open: OpenSource, { maxBytes = 4 * 1024 ** 2 }: PrefetchOptions = {}): OpenSource {
  return (shard) => new Prefetched(open(shard), maxBytes);
}

class Prefetched implements RecordSource {
  readonly #pages: ShardPage[] = [];
  readonly #closed = new AbortController();
  #bytes = 0;
  #reading = false;
  #failure: Error | undefined;
  #over = false;
  /** Wakes the one who waits for a page. */
  #wake: () => void = () => undefined;

  constructor(
    private readonly source: RecordSource,
    private readonly maxBytes: number,
  ) {}

  async next(stop: AbortSignal): Promise<ShardPage | undefined> {
    this.#readAhead();
    if (!this.#isSettled) await this.#settled(stop);
    if (stop.aborted) return undefined;
    const page = this.#pages.shift();
    if (page) {
      this.#bytes -= sizeOf(page);
      this.#readAhead();
    } else if (this.#failure) throw this.#failure;
    return page;
  }

  close(): void {
    this.#closed.abort();
    this.source.close();
    this.#pages.length = this.#bytes = 0;
    this.#wake();
  }

  get #isSettled(): boolean {
    return this.#pages.length > 0 || this.#failure !== undefined || this.#closed.signal.aborted;
  }

  get #mayRead(): boolean {
    return !this.#over && !this.#failure && !this.#closed.signal.aborted && this.#bytes < this.maxBytes;
  }

  #readAhead(): void {
    if (!this.#reading) void this.#read();
  }

  /** Never rejects. */
  async #read(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#mayRead) {
        const page = await this.source.next(this.#closed.signal);
        if (page && !this.#closed.signal.aborted) this.#keep(page);
      }
    } catch (cause) {
      this.#failure = cause instanceof Error ? cause : new Error('the source failed', { cause });
    }
    this.#reading = false;
    this.#wake();
  }

  /** An empty page that another one follows says nothing that the other does not. */
  #keep(page: ShardPage): void {
    const waiting = this.#pages.at(-1);
    if (waiting?.records.length === 0) {
      this.#pages.pop();
      this.#bytes -= sizeOf(waiting);
    }
    this.#pages.push(page);
    this.#bytes += sizeOf(page);
    this.#over = page.last;
    this.#wake();
  }

  async #settled(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        stop.removeEventListener('abort', this.#wake);
        this.#wake = () => undefined;
        resolve();
      };
      stop.addEventListener('abort', this.#wake, { once: true });
    });
  }
}

const sizeOf = ({ bytes, records }: ShardPage): number => bytes + records.length * RECORD_OVERHEAD;
