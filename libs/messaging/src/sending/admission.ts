import { Deque } from './deque.js';

/** How much may be held at once. */
export interface Room {
  readonly entries: number;
  readonly bytes: number;
}

interface Waiter {
  readonly bytes: number;
  readonly enter: () => void;
}

/** Room for so many entries and bytes: who finds none waits for others to leave, first come, first served (R11). */
export class Admission {
  #entries = 0;
  #bytes = 0;
  readonly #waiting = new Deque<Waiter>();

  constructor(private readonly room: Room) {}

  /** Entries that are in. */
  get entries(): number {
    return this.#entries;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Nothing where there was room, else a promise that ends inside. One that is larger than all the room enters alone. */
  enter(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#add(bytes);
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push({ bytes, enter: resolve }));
  }

  leave(bytes: number): void {
    this.#entries -= 1;
    this.#bytes -= bytes;
    for (let next = this.#waiting.peek(); next && this.#fits(next.bytes); next = this.#waiting.peek()) {
      this.#waiting.shift();
      this.#add(next.bytes);
      next.enter();
    }
  }

  #fits(bytes: number): boolean {
    return this.#entries === 0 || (this.#entries < this.room.entries && this.#bytes + bytes <= this.room.bytes);
  }

  #add(bytes: number): void {
    this.#entries += 1;
    this.#bytes += bytes;
  }
}
