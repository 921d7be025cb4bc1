import { type Clock, systemClock } from '@lethe/kernel';
import { IdentityConfigError, InvalidTokenError } from '../identity.errors.js';
import { type VerificationKey, importKeys } from '../keys/key-source.js';
import { isSignedBy } from '../keys/signature.js';
import { checkAllowed, checkTimes, nameClaim, refusedClaim, timeClaims } from '../token/claims.js';
import { readClaims, readToken } from '../token/unverified-token.js';
import { serviceOfKey } from './service-key.js';
import { SERVICE_TOKEN_SECONDS, SERVICE_TOKEN_TYPE } from './service-tokens.js';

/** Options of {@link ServiceTokenVerifier}. */
export interface ServiceTokenVerifierOptions {
  /** The service that is called: the `aud` of what it accepts. */
  readonly service: string;
  /** The public keys of all services, a JWKS in JSON; each `kid` begins with the name of its service. */
  readonly keys: string;
  readonly clock?: Clock;
}

/** A service that calls. */
export interface ServiceCaller {
  /** Its name, as the topology has it. */
  readonly service: string;
  /** The `jti` claim, for logs. */
  readonly tokenId: string;
}

const HEADER = { algorithm: 'ES256', types: [SERVICE_TOKEN_TYPE], kind: 'service' } as const;
/** Clock difference forgiven, in seconds. */
const LEEWAY_SECONDS = 30;

/** Verifies the tokens by which services call one of them: from a list of keys, without asking anyone. */
export class ServiceTokenVerifier {
  readonly #service: string;
  readonly #clock: Clock;
  readonly #keys: ReadonlyMap<string, VerificationKey>;

  /** Throws an IdentityConfigError for a list of keys that is none, or that has a key which names no service. */
  constructor({ service, keys, clock = systemClock }: ServiceTokenVerifierOptions) {
    this.#service = service;
    this.#clock = clock;
    this.#keys = readKeys(keys);
  }

  /** Throws an InvalidTokenError (401). */
  async verify(token: string): Promise<ServiceCaller> {
    const unverified = readToken(token, HEADER);
    const key = this.#keys.get(unverified.kid);
    if (!key) throw new InvalidTokenError('the key is not known');
    if (!(await isSignedBy(key, unverified.signed, unverified.signature)))
      throw new InvalidTokenError('the signature is wrong');
    const claims = readClaims(unverified);
    const service = nameClaim(claims, 'iss');
    if (service !== serviceOfKey(key.kid)) throw refusedClaim('iss');
    checkAllowed(claims, 'sub', [service]);
    checkAllowed(claims, 'aud', [this.#service]);
    const times = timeClaims(claims);
    if (times.expiresAt - times.issuedAt > SERVICE_TOKEN_SECONDS) throw refusedClaim('exp');
    checkTimes(times, { now: this.#clock.now() / 1000, leeway: LEEWAY_SECONDS, maxAge: SERVICE_TOKEN_SECONDS });
    return { service, tokenId: nameClaim(claims, 'jti') };
  }
}

function readKeys(text: string): ReadonlyMap<string, VerificationKey> {
  let keys: ReadonlyMap<string, VerificationKey>;
  try {
    keys = importKeys(JSON.parse(text), 'ES256');
  } catch (cause) {
    throw new IdentityConfigError('the keys of the services are no JWKS', { cause });
  }
  const nameless = [...keys.keys()].find((kid) => serviceOfKey(kid) === undefined);
  if (nameless !== undefined) throw new IdentityConfigError(`the key ${nameless} names no service`);
  return keys;
}
