import { VirtualTime } from '@lethe/kernel/virtual-time';
import { type Deferred, deferred, recorder } from '@lethe/testing';
import { Cache } from '../src/cache.js';
import type { CacheOptions, CachePolicy, CacheRequest } from '../src/cache.types.js';
import { MemoryStore } from './memory-store.js';

export const POLICY: CachePolicy = { name: 'things', ttlMs: 5_000, freshMs: 3_000, missingMs: 1_000, jitter: 0 };

/** Reads a text, or throws. */
export function textOf(json: unknown): string {
  if (typeof json !== 'string') throw new TypeError('no text');
  return json;
}

/** An origin whose loads end when the test says so; the last load is that of `load.calls.at(-1)`. */
export class Origin {
  readonly loads: Deferred<string | undefined>[] = [];
  readonly begun = recorder<[]>();

  readonly load = (): Promise<string | undefined> => {
    const outcome = deferred<string | undefined>();
    this.loads.push(outcome);
    this.begun();
    return outcome.promise;
  };

  /** Ends the load of that number, from 0, well. */
  give(at: number, value: string | undefined): void {
    this.loads[at]?.resolve(value);
  }
}

/** What every cache of a spec shares: time, a store and an origin. */
export class World {
  readonly time = new VirtualTime();
  readonly store = new MemoryStore(this.time);
  readonly origin = new Origin();
  readonly errors: unknown[] = [];

  /** A cache as a replica has it. */
  replica(options: Partial<CacheOptions> = {}): Cache {
    return new Cache({
      namespace: 'spec',
      store: this.store,
      timers: this.time,
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  /** A replica without Valkey. */
  alone(options: Partial<CacheOptions> = {}): Cache {
    return new Cache({ namespace: 'spec', timers: this.time, ...options });
  }

  request(key: string, more: Partial<CacheRequest<string>> = {}): CacheRequest<string> {
    return { policy: POLICY, key, parse: textOf, load: this.origin.load, ...more };
  }

  /** Lets everything happen that needs no time. */
  settle(): Promise<void> {
    return this.time.advance(0);
  }
}
