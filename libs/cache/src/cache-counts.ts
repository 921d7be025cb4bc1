/** How a question was answered, or what became of a load, an entry, an order to forget, or the store. */
export type CacheEvent =
  /** Answered from an entry that is young enough. */
  | 'hit'
  /** Answered from an old entry, which is loaded anew. */
  | 'stale'
  /** Answered by a load of one's own. */
  | 'miss'
  /** Answered together with another request of this replica. */
  | 'shared'
  /** Answered by what another replica loaded meanwhile. */
  | 'awaited'
  /** Answered by a load without the store: there is none, it is away, or another replica's load took too long. */
  | 'bypassed'
  | 'loaded'
  | 'load-failed'
  | 'kept'
  /** Loaded before the entry was forgotten, or for too long: not kept. */
  | 'refused'
  | 'too-large'
  | 'invalidated'
  /** The store did not hear that it is to forget; what it keeps dies of age. */
  | 'invalidation-lost'
  | 'strange-entry'
  | 'store-failure';

/** Counts events of one cache by policy, since its making. */
export class CacheCounts {
  readonly #counts = new Map<string, Map<CacheEvent, number>>();

  add(policy: string, event: CacheEvent, by = 1): void {
    let events = this.#counts.get(policy);
    if (events === undefined) this.#counts.set(policy, (events = new Map<CacheEvent, number>()));
    events.set(event, (events.get(event) ?? 0) + by);
  }

  /** How often it happened, under one policy or all. */
  of(event: CacheEvent, policy?: string): number {
    const all = policy === undefined ? [...this.#counts.values()] : [this.#counts.get(policy)];
    return all.reduce((sum, events) => sum + (events?.get(event) ?? 0), 0);
  }

  /** A row per policy and event that has happened. */
  entries(): { policy: string; event: CacheEvent; count: number }[] {
    return [...this.#counts].flatMap(([policy, events]) =>
      [...events].map(([event, count]) => ({ policy, event, count })),
    );
  }
}
