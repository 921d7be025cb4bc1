/** Where an entry lies. */
export interface EntryAddress {
  /** Safe in a hash tag: without braces. */
  readonly key: string;
  /** What it is forgotten together with, equally safe. */
  readonly tag?: string;
}

/** What a look found. `token` is the one that was offered, where its holder is to load. */
export type Lookup =
  /** Young enough. */
  | { readonly state: 'fresh'; readonly payload: string }
  /** Old, but allowed. `leased`: the offered token has the right to load it anew. */
  | { readonly state: 'stale'; readonly payload: string; readonly leased: boolean }
  /** Nothing, and the offered token has the right to load. */
  | { readonly state: 'leased' }
  /** Nothing, and the holder of another token is loading. */
  | { readonly state: 'awaited'; readonly token: string };

/** How long an entry lives from the moment at which its lease was given, in milliseconds. */
export interface EntryLife {
  readonly freshMs: number;
  readonly ttlMs: number;
}

/**
 * The shared memory of caches: entries, and leases, the right of one to load an entry (Nishtala et al., "Scaling
 * Memcache at Facebook", NSDI 2013, 3.2.1). Whoever forgets an entry takes the right away too, so that a load that began
 * before cannot put back what it read. Every operation is atomic and rejects where the store is not reached.
 */
export interface CacheStore {
  /** Finds the entry, or takes the right to load it for so many milliseconds. */
  look(address: EntryAddress, token: string, leaseMs: number): Promise<Lookup>;
  /** Keeps what the holder of the token has loaded; false where it has lost the right, or took longer than `ttlMs`. */
  put(address: EntryAddress, token: string, payload: string, life: EntryLife): Promise<boolean>;
  /** Gives the right back unused. */
  release(address: EntryAddress, token: string): Promise<void>;
  forget(addresses: readonly EntryAddress[]): Promise<void>;
  forgetTag(tag: string): Promise<void>;
  /** Resolves if the store answers. */
  ping(): Promise<void>;
}
