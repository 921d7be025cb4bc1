import { type Database } from '@lethe/database';
import { type KeySource, type VerificationKey, importKeys } from '@lethe/identity';
import { type Clock } from '@lethe/kernel';
import { type CryptoKey, type JWK, importJWK } from 'jose';
import { SigningKeyMissingError } from '../auth.errors.js';
import { type KeySeal } from './key-seal.js';
import { SIGNING_KEYS, type SigningKeyRow } from './signing-key.sql.js';

/** Age in milliseconds at which the keys are read again, so that a rotation reaches every replica. */
const RELOAD_AFTER_MS = 60_000;
/** Least time in milliseconds between two reads, however many unknown key ids come (S08). */
const COOLDOWN_MS = 1_000;

interface LoadedKeys {
  readonly at: number;
  readonly active: { readonly kid: string; readonly privateKey: CryptoKey };
  readonly published: readonly JWK[];
  readonly verifying: ReadonlyMap<string, VerificationKey>;
}

/** The issuer's own keys, read from the database and kept for a minute; old ones serve while it cannot be reached. */
export class SigningKeys implements KeySource {
  #loaded: LoadedKeys | undefined;
  #loading: Promise<LoadedKeys> | undefined;

  constructor(
    private readonly database: Database,
    private readonly seal: KeySeal,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The key that signs. Throws a SigningKeyMissingError or SigningKeySealError. */
  async active(): Promise<LoadedKeys['active']> {
    return (await this.#keys()).active;
  }

  /** The public keys as a JWKS (RFC 7517) publishes them. */
  async published(): Promise<readonly JWK[]> {
    return (await this.#keys()).published;
  }

  async find(kid: string): Promise<VerificationKey | undefined> {
    // A key that replaced a compromised one signs before it was ever published.
    const known = (await this.#keys()).verifying.get(kid);
    return known ?? (await this.#keys(COOLDOWN_MS)).verifying.get(kid);
  }

  /** The keys, read anew where they are older than that. */
  async #keys(maxAgeMs = RELOAD_AFTER_MS): Promise<LoadedKeys> {
    const loaded = this.#loaded;
    if (loaded && this.clock.now() - loaded.at < maxAgeMs) return loaded;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    try {
      return await this.#loading;
    } catch (error) {
      if (!loaded) throw error;
      this.onError(error);
      this.#loaded = { ...loaded, at: this.clock.now() };
      return loaded;
    }
  }

  async #load(): Promise<LoadedKeys> {
    const rows = await this.database.query<SigningKeyRow>(SIGNING_KEYS);
    const active = rows.find((row) => row.active);
    if (!active) throw new SigningKeyMissingError();
    const published = rows.map((row) => row.public_jwk);
    const privateKey = await importJWK(
      JSON.parse(this.seal.open(active.kid, active.sealed_private_key)) as JWK,
      'ES256',
    );
    if (privateKey instanceof Uint8Array) throw new SigningKeyMissingError();
    this.#loaded = {
      at: this.clock.now(),
      active: { kid: active.kid, privateKey },
      published,
      verifying: importKeys({ keys: published }),
    };
    return this.#loaded;
  }
}
