/** Whether this replica still wants requests. */
export class Lifecycle {
  #draining = false;

  get draining(): boolean {
    return this.#draining;
  }

  /** From here on the replica is not ready, and each answer closes its connection. */
  startDraining(): void {
    this.#draining = true;
  }
}
