/** Dropped items at the front after which the rest is moved up. */
const SLACK = 1_024;

/** A queue whose every operation costs the same, however long it is. */
export class Fifo<T> {
  #items: T[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (this.size > 0) this.#drop(1);
    return item;
  }

  /** Takes up to `count` items from the front. */
  take(count: number): T[] {
    const taken = this.#items.slice(this.#first, this.#first + count);
    this.#drop(taken.length);
    return taken;
  }

  #drop(count: number): void {
    this.#first += count;
    if (this.#first === this.#items.length) this.#items = [];
    else if (this.#first < SLACK || this.#first * 2 < this.#items.length) return;
    else this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}
