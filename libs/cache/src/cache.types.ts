import type { Timers } from '@lethe/kernel';
import type { CacheStore } from './cache-store.js';

/** How entries of one kind are kept. Ages count from the moment before their load began, by the store's one clock. */
export interface CachePolicy {
  /** Kind of entry, such as `products`: part of its key, label of its metrics. Letters, digits, `-`, `_`. */
  readonly name: string;
  /** The greatest age, in milliseconds, at which a value may still be handed out, whatever else fails. */
  readonly ttlMs: number;
  /** From this age on a value is handed out and loaded anew behind the answer. Default: `ttlMs`, never. */
  readonly freshMs?: number;
  /** As `ttlMs`, for the knowledge that there is nothing. Default 0: not kept. */
  readonly missingMs?: number;
  /** Share of an entry's time, from 0 to 1, of which a random part is cut off. Default 0.1. */
  readonly jitter?: number;
  /** Longest value that is kept, in bytes of JSON. Default 262,144. */
  readonly maxBytes?: number;
}

/** What to look up, and how to find it out where it is not known. */
export interface CacheRequest<T> {
  readonly policy: CachePolicy;
  /** Names the entry among those of the policy. */
  readonly key: string;
  /** Entries of one tag are forgotten together. They share a hash slot of a cluster. */
  readonly tag?: string;
  /** Reads the value from JSON that another version of the program may have written; throws where it is not one. */
  readonly parse: (json: unknown) => T;
  /** Finds the value out, undefined where there is none. Nothing of what it throws is kept. */
  readonly load: () => Promise<T | undefined>;
}

/** An entry, to be forgotten. */
export type CacheKey = Pick<CacheRequest<unknown>, 'key' | 'tag'> & { readonly policy: Pick<CachePolicy, 'name'> };

export interface CacheOptions {
  /** First part of every key: who caches, and the version of what it writes. */
  readonly namespace: string;
  /** Where entries are kept. Default: nowhere; every load is then made for those who asked before it began. */
  readonly store?: CacheStore;
  /** Loads that run at once in this process (R11). Default 8. */
  readonly maxLoads?: number;
  /** Loads that wait for their turn; more are refused. Default 1,000. */
  readonly maxWaiting?: number;
  /** How long a load waits for its turn before it is refused. Default 5,000 ms. */
  readonly turnMs?: number;
  /** How long the right to load an entry is held at most; a load that takes longer is not kept. Default 3,000 ms. */
  readonly leaseMs?: number;
  /** How long another replica's load is waited for, before this one loads for itself. Default 500 ms. */
  readonly waitMs?: number;
  /** Told of every failure that the cache got over: of the store, of a load behind the answer, of a strange entry. */
  readonly onError?: (error: unknown) => void;
  readonly timers?: Timers;
}
