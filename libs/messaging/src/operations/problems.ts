/** Something that went wrong, and for how many messages. */
export interface Problem {
  readonly what: string;
  readonly count: number;
}

/** What went wrong with messages, counted by its kind. */
export class Problems {
  readonly #counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  addError(what: string, error: unknown, count: number): void {
    this.add(`${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, count);
  }

  list(): Problem[] {
    return [...this.#counts].map(([what, count]) => ({ what, count }));
  }
}
