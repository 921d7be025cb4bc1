import { type SessionRecord } from '../session-store.js';

/** What a session object was made from, so that a save writes only what has changed since. */
export interface Baseline {
  readonly sid: string;
  /** The values the object had when it was made, or last saved. */
  readonly seen: Readonly<Record<string, unknown>>;
  /** What the store held then. */
  readonly record: SessionRecord;
}

/** Remembers the baseline of each session object for as long as the object lives; nothing is kept beyond a request. */
export class Baselines {
  readonly #known = new WeakMap<object, Baseline>();

  remember(session: object, baseline: Baseline): void {
    this.#known.set(session, baseline);
  }

  /** What this object was made from, if it is the session of this id. */
  of(session: object, sid: string): Baseline | undefined {
    const baseline = this.#known.get(session);
    return baseline?.sid === sid ? baseline : undefined;
  }

  /** `made` was made from `from`, by a middleware that wraps what it gets. */
  link(made: object, from: object): void {
    const baseline = this.#known.get(from);
    if (baseline !== undefined) this.#known.set(made, baseline);
  }
}
