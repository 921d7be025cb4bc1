import { HashingOverloadedError } from '../auth.errors.js';
import { hashPassword, isOutdated, verifyPassword } from './password-hash.js';

/** How many may wait for a turn; at some 30 ms each, two at once, the last waits about 1.5 s (R11). */
const MAX_WAITING = 100;

/** What checking a password found. */
export interface PasswordCheck {
  readonly matches: boolean;
  /** The password hashed at today's cost, where the stored hash was made at a lower one. */
  readonly rehashed?: string;
}

/** Hashes at most so many passwords at once: each takes 19 MiB and one of libuv's four threads (S25). */
export class PasswordHasher {
  readonly #concurrency: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #decoy: Promise<string> | undefined;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hashPassword(password));
  }

  /** Checks the password against the hash; without one, does the same work and finds that it does not match (S26). */
  async check(password: string, hash: string | undefined): Promise<PasswordCheck> {
    this.#decoy ??= this.hash('an account that is not there');
    const decoy = await this.#decoy;
    const matches = await this.#inTurn(() => verifyPassword(password, hash ?? decoy));
    if (!matches || hash === undefined) return { matches: false };
    return isOutdated(hash) ? { matches, rehashed: await this.hash(password) } : { matches };
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) {
      if (this.#waiting.length >= MAX_WAITING) throw new HashingOverloadedError();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      // Whoever waits takes over the place; otherwise it is free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
