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
  /** Each store's mark is a field of its own: it finds no other store's. */
  readonly #mark = newMark();

  remember(session: object, baseline: Baseline): void {
    this.#mark.put(session, baseline);
  }

  /** What this object was made from, if it is the session of this id. */
  of(session: object, sid: string): Baseline | undefined {
    const baseline = this.#mark.of(session);
    return baseline?.sid === sid ? baseline : undefined;
  }

  /** `made` was made from `from`, by a middleware that wraps what it gets. */
  link(made: object, from: object): void {
    const baseline = this.#mark.of(from);
    if (baseline !== undefined) this.#mark.put(made, baseline);
  }
}

/** Is the object that it is given, so that the fields of a subclass become that object's. */
class Itself {
  constructor(object: object) {
    return object;
  }
}

/**
 * A private field that any object can be given, which no loop, copy, comparison or JSON sees. A WeakMap would do the
 * same, and take an eighth of the CPU of a read and a touch, most of it in the garbage collector.
 */
function newMark() {
  return class Mark extends Itself {
    #baseline: Baseline;

    private constructor(object: object, baseline: Baseline) {
      super(object);
      this.#baseline = baseline;
    }

    /** Answers the object. */
    static put(object: object, baseline: Baseline): object {
      if (!(#baseline in object)) return new Mark(object, baseline);
      object.#baseline = baseline;
      return object;
    }

    static of(object: object): Baseline | undefined {
      return #baseline in object ? object.#baseline : undefined;
    }
  };
}
