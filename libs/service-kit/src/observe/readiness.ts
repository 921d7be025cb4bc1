import { type Clock, systemClock } from '@lethe/kernel';
import { CheckTimeoutError } from '../service-kit.errors.js';

/** What `/health/ready` says. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok` or why not, by name of the check. */
  readonly checks: Readonly<Record<string, string>>;
}

/** How long an answer is kept, in milliseconds: balancers ask often, dependencies should not notice. */
const KEEP_MS = 1_000;
/** How long one check may take, in milliseconds. */
const TIMEOUT_MS = 1_000;

/**
 * What this replica cannot serve without: its own database, not another service (R09). A failing check takes the
 * replica out of the balancer and does not restart it.
 */
export class ReadinessRegistry {
  readonly #checks = new Map<string, () => Promise<unknown>>();
  readonly #clock: Clock;
  #last: { at: number; answer: Promise<Readiness> } | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Adds a check; it fails by rejecting, or by taking more than a second. A name used before is replaced. */
  add(name: string, check: () => Promise<unknown>): void {
    this.#checks.set(name, check);
    this.#last = undefined;
  }

  /** The outcome of all checks, at most a second old. */
  check(): Promise<Readiness> {
    const now = this.#clock.now();
    if (!this.#last || now - this.#last.at >= KEEP_MS) this.#last = { at: now, answer: this.#run() };
    return this.#last.answer;
  }

  async #run(): Promise<Readiness> {
    const entries = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await outcomeOf(name, check)] as const),
    );
    return { ready: entries.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(entries) };
  }
}

/** Says no more of a failure than its kind: messages of drivers name hosts and users (S48). */
async function outcomeOf(name: string, check: () => Promise<unknown>): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new CheckTimeoutError(name, TIMEOUT_MS)), TIMEOUT_MS);
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    return error instanceof CheckTimeoutError ? 'timeout' : 'failed';
  } finally {
    clearTimeout(timer);
  }
}
