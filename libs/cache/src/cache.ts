import { randomUUID } from 'node:crypto';
import { type Timers, pause, systemTimers } from '@lethe/kernel';
import { CacheCounts, type CacheEvent } from './cache-counts.js';
import type { CacheStore, Lookup } from './cache-store.js';
import type { CacheKey, CacheOptions, CachePolicy, CacheRequest } from './cache.types.js';
import { Circuit } from './circuit.js';
import { type Entry, checkPolicy, entryOf, tagOf } from './entry.js';
import { FreshFlights } from './fresh-flights.js';
import { LoadGate } from './load-gate.js';
import { type Content, readPayload, writePayload, writeUnkept } from './payload.js';

const DEFAULT_JITTER = 0.1;
const DEFAULT_MAX_BYTES = 262_144;
/** Bounds of the pauses between two looks at what another replica loads, in milliseconds. */
const POLL = { first: 5, longest: 50 };

/** How long a question waits for one about the same entry that was asked before it, and a load for one. Milliseconds. */
const PATIENCE = { question: 20, load: 100 };

/** A question on its way: the request and its entry. */
interface Question<T> extends Entry {
  readonly request: CacheRequest<T>;
}

/**
 * Cache-aside with one load per entry, whatever the number of requests and replicas (R32). What was forgotten before a
 * question is not in its answer, and no answer is older than the policy's `ttlMs` before the question, even where nobody
 * was told to forget. Without the store, or while it is away, every question is answered by a load that began after it,
 * shared by those who wait for the same. Values are shared too: do not change them.
 */
export class Cache {
  readonly counts = new CacheCounts();
  readonly #namespace: string;
  readonly #store: CacheStore | undefined;
  readonly #circuit: Circuit;
  readonly #gate: LoadGate;
  readonly #questions: FreshFlights;
  readonly #loads: FreshFlights;
  /** Loads of this process, and its waits for those of others, by the token of the lease. */
  readonly #flights = new Map<string, Promise<unknown>>();
  readonly #behind = new Set<Promise<void>>();
  readonly #timers: Timers;
  readonly #onError: (error: unknown) => void;
  readonly #leaseMs: number;
  readonly #waitMs: number;
  readonly #process = randomUUID();
  readonly #checked = new WeakSet<CachePolicy>();
  #tokens = 0;

  constructor(options: CacheOptions) {
    const timers = options.timers ?? systemTimers;
    const { maxLoads = 8, maxWaiting = 1_000, turnMs = 5_000 } = options;
    this.#namespace = options.namespace;
    this.#store = options.store;
    this.#timers = timers;
    this.#onError = options.onError ?? (() => undefined);
    this.#leaseMs = options.leaseMs ?? 3_000;
    this.#waitMs = options.waitMs ?? 500;
    this.#gate = new LoadGate({ maxLoads, maxWaiting, turnMs, timers });
    this.#questions = new FreshFlights({ patienceMs: PATIENCE.question, timers });
    this.#loads = new FreshFlights({ patienceMs: PATIENCE.load, timers, begin: (work) => this.#gate.run(work) });
    this.#circuit = new Circuit(async () => this.#store?.ping(), timers, this.#onError);
  }

  /** Whether the store answers; true where there is none to answer. */
  get healthy(): boolean {
    return this.#circuit.closed;
  }

  get loading(): number {
    return this.#gate.running;
  }

  /**
   * The value, undefined where there is none: from the store, from a load that is under way, or from a load of its own.
   * Throws what `load` throws, a CacheOverloadedError, a CachePolicyError. Never fails for want of the store.
   */
  async through<T>(request: CacheRequest<T>): Promise<T | undefined> {
    this.#check(request.policy);
    const question: Question<T> = { request, ...entryOf(this.#namespace, request) };
    const store = this.#store;
    if (store === undefined || !this.#circuit.ask()) return this.#bypass(question);
    const asked = this.#questions.waiting<T | undefined>(question.name);
    if (asked === undefined) return this.#questions.run(question.name, () => this.#ask(question, store));
    this.#count(question, 'shared');
    return asked;
  }

  /**
   * Forgets entries, and all that have one of the tags, after what they show was changed and committed. True when the
   * store has done it; then nobody who asks afterwards, on whichever replica, is shown what was before. False where it
   * could not be told: entries then die of age. While the store is away this does not wait for it.
   */
  async invalidate(keys: readonly CacheKey[], tags: readonly string[] = []): Promise<boolean> {
    const store = this.#store;
    if (store === undefined) return true;
    const told = this.#forget(store, keys, tags);
    if (this.#circuit.ask()) return told;
    this.#afterwards(told.then(() => undefined));
    return false;
  }

  /** Ends when nothing is under way behind answers any more. The store is its owner's to close. */
  async close(): Promise<void> {
    while (this.#behind.size > 0) await Promise.allSettled(this.#behind);
    await this.#circuit.settled();
  }

  async #forget(store: CacheStore, keys: readonly CacheKey[], tags: readonly string[]): Promise<boolean> {
    const addresses = keys.map((key) => entryOf(this.#namespace, key).address);
    const work = [store.forget(addresses), ...tags.map((tag) => store.forgetTag(tagOf(this.#namespace, tag)))];
    const lost = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
    if (lost !== undefined) this.#circuit.failed(lost.reason);
    const event = lost === undefined ? 'invalidated' : 'invalidation-lost';
    for (const { policy } of keys) this.counts.add(policy.name, event);
    for (const tag of tags) this.counts.add(tag, event);
    return lost === undefined;
  }

  async #ask<T>(question: Question<T>, store: CacheStore): Promise<T | undefined> {
    const token = this.#token();
    const found = await this.#tried(question, () => store.look(question.address, token, this.#leaseMs));
    if (found === undefined) return this.#bypass(question);
    if (found.state === 'awaited') {
      const flight = this.#flights.get(found.token);
      if (flight === undefined) return this.#share(found.token, () => this.#follow(question, store, found.token));
      this.#count(question, 'shared');
      // A token is of one entry, and an entry of one type.
      return flight as Promise<T | undefined>;
    }
    return this.#settle(question, store, token, found);
  }

  /** The answer to a look that found something or gave the right to load. */
  async #settle<T>(
    question: Question<T>,
    store: CacheStore,
    token: string,
    found: Exclude<Lookup, { state: 'awaited' }>,
    event: CacheEvent = found.state === 'stale' ? 'stale' : 'hit',
  ): Promise<T | undefined> {
    if (found.state === 'leased') {
      this.#count(question, 'miss');
      return this.#share(token, () => this.#fly(question, store, token));
    }
    if (found.state === 'stale' && found.leased) this.#refresh(question, store, token);
    const content = this.#read(question, store, found.payload);
    if (content === undefined || content.kind === 'unkept') return this.#bypass(question);
    this.#count(question, event);
    return content.kind === 'value' ? content.value : undefined;
  }

  /** Waits for what another replica loads. Where that takes too long, loads for this one alone. */
  async #follow<T>(question: Question<T>, store: CacheStore, awaited: string): Promise<T | undefined> {
    const end = this.#timers.monotonic() + this.#waitMs;
    for (let longest = POLL.first; this.#timers.monotonic() < end; longest = Math.min(2 * longest, POLL.longest)) {
      await pause(longest * (0.5 + this.#timers.random() / 2), undefined, this.#timers);
      const token = this.#token();
      const found = await this.#tried(question, () => store.look(question.address, token, this.#leaseMs));
      if (found === undefined) break;
      if (found.state !== 'awaited') return this.#settle(question, store, token, found, 'awaited');
      const flight = found.token === awaited ? undefined : this.#flights.get(found.token);
      if (flight !== undefined) return flight as Promise<T | undefined>;
    }
    return this.#bypass(question);
  }

  /** Loads as the holder of the lease and keeps what was loaded. */
  async #fly<T>(question: Question<T>, store: CacheStore, token: string): Promise<T | undefined> {
    let value: T | undefined;
    try {
      value = await this.#gate.run(() => this.#load(question.request));
    } catch (error) {
      await this.#tried(question, () => store.release(question.address, token));
      throw error;
    }
    await this.#keep(question, store, token, value);
    return value;
  }

  async #keep<T>(question: Question<T>, store: CacheStore, token: string, value: T | undefined): Promise<void> {
    const { name, address } = question;
    const { policy } = question.request;
    if (value === undefined && !policy.missingMs) {
      await this.#tried(question, () => store.release(address, token));
      return;
    }
    let payload = writePayload(name, value === undefined ? undefined : JSON.stringify(value));
    if (Buffer.byteLength(payload) > (policy.maxBytes ?? DEFAULT_MAX_BYTES)) {
      this.#count(question, 'too-large');
      payload = writeUnkept(name);
    }
    const share = 1 - (policy.jitter ?? DEFAULT_JITTER) * this.#timers.random();
    const ttlMs = share * (value === undefined ? (policy.missingMs ?? 0) : policy.ttlMs);
    const freshMs = value === undefined ? ttlMs : share * (policy.freshMs ?? policy.ttlMs);
    const kept = await this.#tried(question, () => store.put(address, token, payload, { freshMs, ttlMs }));
    if (kept !== undefined) this.#count(question, kept ? 'kept' : 'refused');
  }

  /** Loads anew behind the answer, where a load can begin at once; otherwise whoever comes next may. */
  #refresh<T>(question: Question<T>, store: CacheStore, token: string): void {
    const work = this.#gate.open
      ? this.#share(token, () => this.#fly(question, store, token))
      : this.#tried(question, () => store.release(question.address, token));
    this.#afterwards(work.then(() => undefined, this.#onError));
  }

  #bypass<T>(question: Question<T>): Promise<T | undefined> {
    this.#count(question, 'bypassed');
    return this.#loads.run(question.name, () => this.#load(question.request));
  }

  async #load<T>({ policy, load }: CacheRequest<T>): Promise<T | undefined> {
    try {
      const value = await load();
      this.counts.add(policy.name, 'loaded');
      return value;
    } catch (error) {
      this.counts.add(policy.name, 'load-failed');
      throw error;
    }
  }

  #read<T>(question: Question<T>, store: CacheStore, payload: string): Content<T> | undefined {
    try {
      return readPayload(payload, question.name, question.request.parse);
    } catch (error) {
      this.#count(question, 'strange-entry');
      this.#onError(error);
      this.#afterwards(this.#tried(question, () => store.forget([question.address])).then(() => undefined));
      return undefined;
    }
  }

  /** What the operation gives, undefined where the store failed; then it is left alone for a while. */
  async #tried<T>(question: Question<unknown>, operation: () => Promise<T>): Promise<T | undefined> {
    try {
      return await operation();
    } catch (error) {
      this.#count(question, 'store-failure');
      this.#circuit.failed(error);
      return undefined;
    }
  }

  #share<T>(token: string, work: () => Promise<T>): Promise<T> {
    const flight = work().finally(() => this.#flights.delete(token));
    this.#flights.set(token, flight);
    return flight;
  }

  #afterwards(work: Promise<void>): void {
    const tracked = work.finally(() => this.#behind.delete(tracked));
    this.#behind.add(tracked);
  }

  #check(policy: CachePolicy): void {
    if (this.#checked.has(policy)) return;
    checkPolicy(policy);
    this.#checked.add(policy);
  }

  #token(): string {
    this.#tokens += 1;
    return `${this.#process}.${this.#tokens}`;
  }

  #count({ request }: Pick<Question<unknown>, 'request'>, event: CacheEvent): void {
    this.counts.add(request.policy.name, event);
  }
}
