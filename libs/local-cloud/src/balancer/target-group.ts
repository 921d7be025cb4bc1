import { type Target } from './target.js';

/** How many requests may wait for a target at once; more are refused at once. */
const MAX_WAITING = 1_000;

/** The replicas of one service; each request goes to the next healthy one in turn, whoever sends it. */
export class TargetGroup {
  readonly #targets: Target[] = [];
  readonly #waiting = new Set<() => void>();
  #turn = 0;

  get targets(): readonly Target[] {
    return this.#targets;
  }

  add(target: Target): void {
    this.#targets.push(target);
  }

  remove(target: Target): void {
    const index = this.#targets.indexOf(target);
    if (index >= 0) this.#targets.splice(index, 1);
  }

  /** Tells the group that a target may have become healthy. */
  notify(): void {
    if (!this.#targets.some((target) => target.health === 'healthy')) return;
    for (const wake of this.#waiting) wake();
  }

  /** The next healthy target not yet tried, waiting up to `patienceMs` for one; undefined where none comes. */
  async next(tried: ReadonlySet<Target>, patienceMs: number, signal: AbortSignal): Promise<Target | undefined> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const target = this.#take(tried);
      const left = deadline - performance.now();
      if (target !== undefined || left <= 0 || signal.aborted || this.#waiting.size >= MAX_WAITING) return target;
      await this.#change(left, signal);
    }
  }

  #take(tried: ReadonlySet<Target>): Target | undefined {
    const open = this.#targets.filter((target) => target.health === 'healthy');
    // One that was tried may have come back since: it is better than none, but only after the others.
    for (let i = 0; i < open.length; i++) {
      const target = open[(this.#turn + i) % open.length];
      if (target === undefined || tried.has(target)) continue;
      this.#turn = (this.#turn + i + 1) % open.length;
      return target;
    }
    return open[0];
  }

  #change(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }
}
