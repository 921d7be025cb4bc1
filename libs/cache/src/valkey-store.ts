import { randomUUID } from 'node:crypto';
import type { Valkey } from '@lethe/valkey';
import type { CacheStore, EntryAddress, EntryLife, Lookup } from './cache-store.js';
import { LOOK, PUT, RELEASE } from './scripts.js';

/** A generation outlives every entry of an earlier one, so that none is taken for current again. A day. */
export const GENERATION_MS = 86_400_000;
/** Commands of one `forget` under way at once. */
const AT_ONCE = 64;

/**
 * Entries and leases in Valkey or Redis 7, one script and one round trip per operation. Keys begin with `prefix`. Times
 * are the server's alone, so the clocks of replicas may differ as they like (R36).
 * Operations throw a `ValkeyUnavailableError`.
 */
export class ValkeyCacheStore implements CacheStore {
  /** Generations must never recur, not even after a restart. */
  readonly #process = randomUUID();
  #invalidations = 0;

  constructor(
    private readonly valkey: Pick<Valkey, 'call' | 'run' | 'ping'>,
    private readonly prefix = 'lethe:cache:',
  ) {}

  async look(address: EntryAddress, token: string, leaseMs: number): Promise<Lookup> {
    const [state, text] = await this.valkey.run<[number, string]>(LOOK, this.#keysOf(address), [
      token,
      String(leaseMs),
    ]);
    switch (state) {
      case 0:
        return { state: 'fresh', payload: text };
      case 1:
      case 2:
        return { state: 'stale', payload: text, leased: state === 2 };
      case 3:
        return { state: 'leased' };
      default:
        return { state: 'awaited', token: text };
    }
  }

  async put(address: EntryAddress, token: string, payload: string, { freshMs, ttlMs }: EntryLife): Promise<boolean> {
    const values = [token, payload, String(Math.round(freshMs)), String(Math.round(ttlMs))];
    return (await this.valkey.run<number>(PUT, this.#keysOf(address), values)) === 1;
  }

  async release(address: EntryAddress, token: string): Promise<void> {
    await this.valkey.run<number>(RELEASE, this.#keysOf(address), [token]);
  }

  async forget(addresses: readonly EntryAddress[]): Promise<void> {
    for (let from = 0; from < addresses.length; from += AT_ONCE) {
      await Promise.all(
        addresses.slice(from, from + AT_ONCE).map((address) => {
          const [entry, lease] = this.#keysOf(address);
          return this.valkey.call<number>(entry, ['UNLINK', entry, lease]);
        }),
      );
    }
  }

  async forgetTag(tag: string): Promise<void> {
    const key = this.#generationOf(tag);
    this.#invalidations += 1;
    const generation = `${this.#process}.${this.#invalidations}`;
    await this.valkey.call<string>(key, ['SET', key, generation, 'PX', String(GENERATION_MS)]);
  }

  async ping(): Promise<void> {
    await this.valkey.ping();
  }

  /** Entry, lease and generation: the tag, or else the key, is the hash tag. */
  #keysOf({ key, tag }: EntryAddress): [string, string, ...string[]] {
    if (tag === undefined) return [`${this.prefix}{${key}}:entry`, `${this.prefix}{${key}}:lease`];
    const place = `${this.prefix}{${tag}}:`;
    return [`${place}${key}:entry`, `${place}${key}:lease`, this.#generationOf(tag)];
  }

  #generationOf(tag: string): string {
    return `${this.prefix}{${tag}}:generation`;
  }
}
