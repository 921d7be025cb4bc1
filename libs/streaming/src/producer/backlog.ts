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
  #waiting: Waiter[] = [];
  /** Of those who wait, how many at the front were admitted already. */
  #admitted = 0;

  constructor(
    private readonly maxRecords: number,
    private readonly maxBytes: number,
  ) {}

  get records(): number {
    return this.#records;
  }

  /** Callers that wait for room. */
  get waiting(): number {
    return this.#waiting.length - this.#admitted;
  }

  /** Takes up room for a record of this many bytes; false where there is none, or others wait for it. */
  tryEnter(size: number): boolean {
    if (this.waiting > 0 || !this.#fits(size)) return false;
    this.#add(size);
    return true;
  }

  /** Calls once there is room for a record of this many bytes, which it then takes up. */
  wait(size: number, admit: () => void): void {
    this.#waiting.push({ size, admit });
  }

  /** Records with so many bytes together have left: acknowledged or refused. */
  leave(bytes: number, records = 1): void {
    this.#records -= records;
    this.#bytes -= bytes;
    for (let next = this.#first; next && this.#fits(next.size); next = this.#first) {
      this.#admitted += 1;
      this.#add(next.size);
      next.admit();
    }
    // To take off the first of many costs as much as all the others together: only now and then.
    if (this.#admitted === 0 || this.#admitted * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#admitted);
    this.#admitted = 0;
  }

  get #first(): Waiter | undefined {
    return this.#waiting[this.#admitted];
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
