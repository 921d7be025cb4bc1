import { createHash } from 'node:crypto';
import type { EntryAddress } from './cache-store.js';
import { CachePolicyError } from './cache.errors.js';
import type { CacheKey, CachePolicy } from './cache.types.js';
import { GENERATION_MS } from './valkey-store.js';

/** An entry's whole name, which its payload repeats, and where it lies. */
export interface Entry {
  readonly name: string;
  readonly address: EntryAddress;
}

const SAFE = /^[\w.:-]{1,100}$/;

/** A text as part of a key of the store: itself where it is short and plain, else its hash. */
function safe(text: string): string {
  return SAFE.test(text) ? text : `~${createHash('sha256').update(text).digest('base64url')}`;
}

/** The address of a tag in the namespace. */
export function tagOf(namespace: string, tag: string): string {
  return `${namespace}:tag:${safe(tag)}`;
}

export function entryOf(namespace: string, { policy, key, tag }: CacheKey): Entry {
  const address = `${namespace}:${policy.name}:${safe(key)}`;
  return {
    name: `${namespace}:${policy.name}:${key}`,
    address: tag === undefined ? { key: address } : { key: address, tag: tagOf(namespace, tag) },
  };
}

/** Throws a {@link CachePolicyError} for times that contradict each other. */
export function checkPolicy({ name, ttlMs, freshMs = ttlMs, missingMs = 0, jitter = 0.1 }: CachePolicy): void {
  if (!/^[\w-]{1,50}$/.test(name)) throw new CachePolicyError(`"${name}" is no name of a policy`);
  // Half the life of a generation: an entry of the one before the last must be dead when that is forgotten.
  if (!(ttlMs >= 1 && Math.max(ttlMs, missingMs) <= GENERATION_MS / 2))
    throw new CachePolicyError(`${name}: entries live from 1 ms to 12 h`);
  if (!(freshMs >= 0 && freshMs <= ttlMs)) throw new CachePolicyError(`${name}: freshMs is from 0 to ttlMs`);
  if (!(missingMs >= 0)) throw new CachePolicyError(`${name}: missingMs is not negative`);
  if (!(jitter >= 0 && jitter < 1)) throw new CachePolicyError(`${name}: jitter is from 0 to less than 1`);
}
