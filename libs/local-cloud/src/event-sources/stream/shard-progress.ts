/** Which of the records that were read in order have been dealt with: a checkpoint goes up to the first that was not. */
export class ShardProgress {
  readonly #order: string[] = [];
  readonly #done = new Set<string>();

  /** Records that were read, in the order of their shard, after those read before. */
  read(sequenceNumbers: readonly string[]): void {
    this.#order.push(...sequenceNumbers);
  }

  /** Records that have been dealt with. Gives the checkpoint where it moved on. */
  done(sequenceNumbers: readonly string[]): string | undefined {
    for (const sequenceNumber of sequenceNumbers) this.#done.add(sequenceNumber);
    let checkpoint: string | undefined;
    for (let next = this.#order[0]; next !== undefined && this.#done.delete(next); next = this.#order[0]) {
      checkpoint = next;
      this.#order.shift();
    }
    return checkpoint;
  }
}
