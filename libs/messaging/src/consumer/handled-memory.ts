/** Messages remembered at most: some hundred bytes each. */
const MAX_REMEMBERED = 10_000;

/**
 * Messages whose work was done here and whose delete is not confirmed. One that comes back is deleted on sight. This
 * spares work; it proves nothing, since a crash forgets it and another replica never knew. The inbox proves.
 */
export class HandledMemory {
  readonly #ids = new Set<string>();

  add(sqsMessageId: string): void {
    this.#ids.add(sqsMessageId);
    if (this.#ids.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  forget(sqsMessageId: string): void {
    this.#ids.delete(sqsMessageId);
  }

  has(sqsMessageId: string): boolean {
    return this.#ids.size > 0 && this.#ids.has(sqsMessageId);
  }
}
