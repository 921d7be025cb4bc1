/** A first-in first-out list. `shift` takes constant time, where that of a long array moves all that remain. */
export class Backlog<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): number {
    this.#items.push(item);
    return this.length;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#items.length) this.#forget();
    return item;
  }

  #forget(): void {
    this.#items = [];
    this.#head = 0;
  }
}
