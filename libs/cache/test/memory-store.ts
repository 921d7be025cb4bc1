import type { Timers } from '@lethe/kernel';
import type { CacheStore, EntryAddress, EntryLife, Lookup } from '../src/cache-store.js';

interface Lease {
  readonly token: string;
  readonly given: number;
  readonly generation: number;
  readonly ends: number;
}
interface Kept {
  readonly payload: string;
  readonly freshUntil: number;
  readonly ends: number;
  readonly generation: number;
}

/** What the scripts do in Valkey, in one process and virtual time; the same contract holds for both. */
export class MemoryStore implements CacheStore {
  readonly entries = new Map<string, Kept>();
  readonly #leases = new Map<string, Lease>();
  readonly #generations = new Map<string, number>();
  #lastGeneration = 0;
  /** Thrown by every operation while set. */
  failure: Error | undefined;
  /** How long each operation is on its way there and back. */
  delay: () => number = () => 0;
  operations = 0;

  constructor(private readonly timers: Timers) {}

  look(address: EntryAddress, token: string, leaseMs: number): Promise<Lookup> {
    return this.#operation((now) => {
      const id = idOf(address);
      const generation = this.#generationOf(address);
      const kept = this.entries.get(id);
      const known = kept !== undefined && now < kept.ends && kept.generation === generation ? kept : undefined;
      if (known !== undefined && now < known.freshUntil) return { state: 'fresh', payload: known.payload };
      const lease = this.#leases.get(id);
      if (lease !== undefined && now < lease.ends && lease.generation === generation) {
        return known === undefined
          ? { state: 'awaited', token: lease.token }
          : { state: 'stale', payload: known.payload, leased: false };
      }
      this.#leases.set(id, { token, given: now, generation, ends: now + leaseMs });
      return known === undefined ? { state: 'leased' } : { state: 'stale', payload: known.payload, leased: true };
    });
  }

  put(address: EntryAddress, token: string, payload: string, life: EntryLife): Promise<boolean> {
    return this.#operation((now) => {
      const id = idOf(address);
      const lease = this.#leases.get(id);
      if (lease?.token !== token || now >= lease.ends) return false;
      this.#leases.delete(id);
      const ends = lease.given + life.ttlMs;
      if (lease.generation !== this.#generationOf(address) || ends <= now) return false;
      this.entries.set(id, {
        payload,
        freshUntil: lease.given + life.freshMs,
        ends,
        generation: lease.generation,
      });
      return true;
    });
  }

  release(address: EntryAddress, token: string): Promise<void> {
    return this.#operation(() => {
      if (this.#leases.get(idOf(address))?.token === token) this.#leases.delete(idOf(address));
    });
  }

  forget(addresses: readonly EntryAddress[]): Promise<void> {
    return this.#operation(() => {
      for (const address of addresses) {
        this.entries.delete(idOf(address));
        this.#leases.delete(idOf(address));
      }
    });
  }

  forgetTag(tag: string): Promise<void> {
    return this.#operation(() => {
      this.#generations.set(tag, (this.#lastGeneration += 1));
    });
  }

  /** Loses everything, as FLUSHALL or a failover does. */
  flush(): void {
    this.entries.clear();
    this.#leases.clear();
    this.#generations.clear();
  }

  ping(): Promise<void> {
    return this.#operation(() => undefined);
  }

  async #operation<T>(work: (now: number) => T): Promise<T> {
    this.operations += 1;
    await this.#travel();
    if (this.failure !== undefined) throw this.failure;
    const result = work(this.timers.monotonic());
    await this.#travel();
    return result;
  }

  async #travel(): Promise<void> {
    const ms = this.delay();
    if (ms > 0) await new Promise<void>((resolve) => this.timers.after(ms, resolve));
  }

  #generationOf({ tag }: EntryAddress): number {
    return tag === undefined ? 0 : (this.#generations.get(tag) ?? 0);
  }
}

function idOf({ key, tag }: EntryAddress): string {
  return tag === undefined ? key : `${tag}|${key}`;
}
