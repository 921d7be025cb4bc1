/** Polls in flight at most: the rest of a client's 50 sockets is for deletes and extensions. */
const MAX_POLLS = 32;

/**
 * How many polls may be in flight: more while they come back well filled, fewer when not, and one where the queue is
 * empty. Half a batch is the line between: SQS often gives less than there is.
 */
export class PollLimit {
  #current = 1;

  get current(): number {
    return this.#current;
  }

  /** A poll for `wanted` messages, one of `inFlight`, came back with `count` of them. */
  answered(wanted: number, count: number, inFlight: number): void {
    if (count === 0) this.#current = 1;
    else if (count * 2 >= wanted) this.#current = Math.min(MAX_POLLS, Math.max(this.#current, inFlight + 1));
    else if (count * 3 < wanted) this.#current = Math.max(1, this.#current - 1);
  }
}
