import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJson } from '../cloud/data-directory.js';

/** What a mapping must not forget, in a file that is replaced as a whole: kill -9 leaves the old state or the new one. */
export class StateFile<T> {
  #state: T;

  constructor(
    private readonly path: string,
    initial: T,
  ) {
    this.#state = readJson<T>(path) ?? initial;
  }

  get state(): T {
    return this.#state;
  }

  write(state: T): void {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(`${this.path}.new`, JSON.stringify(state));
    renameSync(`${this.path}.new`, this.path);
    this.#state = state;
  }
}
