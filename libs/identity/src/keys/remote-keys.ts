import { type Clock, systemClock } from '@lethe/kernel';
import { fetchJson } from './fetch-json.js';
import { IdentityConfigError, KeysUnavailableError } from '../identity.errors.js';
import { type Algorithm } from '../issuers.js';
import { type KeySource, type VerificationKey, importKeys } from './key-source.js';

/** Options of {@link RemoteKeys}; times in milliseconds. */
export interface RemoteKeysOptions {
  /** The issuer's JWKS: https, or http to this machine or a host name without a dot. */
  readonly url: string;
  /** What the keys are for; others of the JWKS are left out. Default ES256. */
  readonly algorithm?: Algorithm;
  /** The whole fetch, connecting included. Default 3 s. */
  readonly timeoutMs?: number;
  /** The longest answer read. Default 64 KiB. */
  readonly maxBytes?: number;
  /** Age after which keys are fetched anew, behind the requests that use them. Default 10 min. */
  readonly refreshAfterMs?: number;
  /** Least time between two fetches, however many unknown key ids come. Default 30 s. */
  readonly cooldownMs?: number;
  /** How long keys stay in use while the issuer cannot be reached (R37). Default 24 h. */
  readonly staleForMs?: number;
  readonly clock?: Clock;
  readonly onError?: (error: unknown) => void;
}

/** Until a first fetch has succeeded, it is tried this often: a service may start before its issuer. */
const FIRST_FETCH_COOLDOWN_MS = 1_000;

/**
 * The issuer's keys, cached. One fetch at a time; old keys serve while new ones are on their way; keys outlive the
 * issuer for a stated time (R37); unknown key ids cause at most one fetch per cooldown (S08).
 */
export class RemoteKeys implements KeySource {
  readonly #options: Required<Omit<RemoteKeysOptions, 'onError'>> & Pick<RemoteKeysOptions, 'onError'>;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failure: unknown;
  #fetching: Promise<void> | undefined;

  /** Throws an IdentityConfigError for a URL that would fetch keys in the clear over a network. */
  constructor(options: RemoteKeysOptions) {
    checkUrl(options.url);
    this.#options = {
      algorithm: 'ES256',
      timeoutMs: 3_000,
      maxBytes: 64 * 1024,
      refreshAfterMs: 600_000,
      cooldownMs: 30_000,
      staleForMs: 86_400_000,
      clock: systemClock,
      ...options,
    };
  }

  /** A key that is known and young. */
  peek(kid: string): VerificationKey | undefined {
    const { clock, refreshAfterMs, staleForMs } = this.#options;
    return clock.now() - this.#fetchedAt <= Math.min(refreshAfterMs, staleForMs) ? this.#keys.get(kid) : undefined;
  }

  async find(kid: string): Promise<VerificationKey | undefined> {
    const age = this.#options.clock.now() - this.#fetchedAt;
    const trusted = age <= this.#options.staleForMs;
    const key = trusted ? this.#keys.get(kid) : undefined;
    if (key) {
      if (age > this.#options.refreshAfterMs) void this.#refresh();
      return key;
    }
    await this.#refresh();
    if (this.#options.clock.now() - this.#fetchedAt > this.#options.staleForMs) {
      throw new KeysUnavailableError(this.#failure);
    }
    return this.#keys.get(kid);
  }

  /** Fetches unless a fetch is under way (then awaits it) or the cooldown lasts. Never rejects. */
  async #refresh(): Promise<void> {
    if (this.#fetching) return this.#fetching;
    const { clock, cooldownMs } = this.#options;
    const known = this.#fetchedAt !== Number.NEGATIVE_INFINITY;
    if (clock.now() - this.#triedAt < (known ? cooldownMs : FIRST_FETCH_COOLDOWN_MS)) return;
    this.#triedAt = clock.now();
    this.#fetching = this.#fetch().finally(() => (this.#fetching = undefined));
    await this.#fetching;
  }

  async #fetch(): Promise<void> {
    try {
      const { url, algorithm, timeoutMs, maxBytes } = this.#options;
      const keys = importKeys(await fetchJson(url, { timeoutMs, maxBytes }), algorithm);
      if (keys.size === 0) throw new TypeError(`the JWKS has no key that verifies ${algorithm}`);
      this.#keys = keys;
      this.#fetchedAt = this.#options.clock.now();
    } catch (error) {
      this.#failure = error;
      this.#options.onError?.(error);
    }
  }
}

function checkUrl(text: string): void {
  if (!URL.canParse(text)) throw new IdentityConfigError(`"${text}" is no URL`);
  const { protocol, hostname } = new URL(text);
  const near = !hostname.includes('.') || /^127(\.\d+){3}$/.test(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && near)) return;
  throw new IdentityConfigError(`keys are fetched by https, not from ${text}`);
}
