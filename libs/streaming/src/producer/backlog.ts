interface Waiter {
  readonly size: number;
  readonly admit: () => void;
}

/**
 * Counts the records and bytes that a producer holds, and makes those who bring more wait until there is room (R11).
 * Whoever waits is admitted in the order of arrival, so records of one key keep theirs.
 */
export class Backlog {
  #records = 0;
  #bytes = 0;
  readonly #waiting: Waiter[] = [];

  constructor(
    private readonly maxRecords: number,
    private readonly maxBytes: number,
  ) {}

  get records(): number {
    return this.#records;
  }

  /** Callers that wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves once there is room for a record of this many bytes, which it then takes up. */
  async enter(size: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(size)) return this.#add(size);
    return new Promise((resolve) => {
      this.#waiting.push({ size, admit: resolve });
    });
  }

  /** A record has left: acknowledged or refused. */
  leave(size: number): void {
    this.#records -= 1;
    this.#bytes -= size;
    for (let next = this.#waiting[0]; next && this.#fits(next.size); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#add(next.size);
      next.admit();
    }
  }

  #fits(size: number): boolean {
    // An empty backlog takes any record: one larger than the bound would wait for ever.
    return this.#records === 0 || (this.#records < this.maxRecords && this.#bytes + size <= this.maxBytes);
  }

  #add(size: number): void {
    this.#records += 1;
    this.#bytes += size;
  }
}
