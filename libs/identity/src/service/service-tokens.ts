import { type KeyObject, randomUUID, sign } from 'node:crypto';
import { type Clock, systemClock } from '@lethe/kernel';
import { readServiceKey } from './service-key.js';

/** Options of {@link ServiceTokens}. */
export interface ServiceTokensOptions {
  /** The service that signs. */
  readonly service: string;
  /** Its private key, a JWK in JSON whose `kid` begins with the name of the service: the text of a secret. */
  readonly key: string;
  readonly clock?: Clock;
}

/** The `typ` of tokens by which services speak to each other; no access token has it, and the other way round (S06). */
export const SERVICE_TOKEN_TYPE = 'service+jwt';
/** How long such a token lives, in seconds. */
export const SERVICE_TOKEN_SECONDS = 60;
/** How long one is used again for the same service: it has then half of its life left. */
const REUSE_SECONDS = 30;

/** The tokens of one service for others. It signs them itself: no one needs to be reached (R37). */
export class ServiceTokens {
  readonly #service: string;
  readonly #clock: Clock;
  readonly #key: { readonly kid: string; readonly key: KeyObject };
  readonly #made = new Map<string, { readonly token: string; readonly at: number }>();

  /** Throws an IdentityConfigError for a key that is none, or is another service's. */
  constructor({ service, key, clock = systemClock }: ServiceTokensOptions) {
    this.#service = service;
    this.#clock = clock;
    this.#key = readServiceKey(key, service);
  }

  /** A token that the service named accepts, and no other does. */
  tokenFor(service: string): string {
    const now = Math.floor(this.#clock.now() / 1000);
    const made = this.#made.get(service);
    if (made && now >= made.at && now - made.at < REUSE_SECONDS) return made.token;
    const token = this.#sign(service, now);
    this.#made.set(service, { token, at: now });
    return token;
  }

  #sign(audience: string, now: number): string {
    const { kid, key } = this.#key;
    const header = { alg: 'ES256', typ: SERVICE_TOKEN_TYPE, kid };
    const claims = {
      iss: this.#service,
      sub: this.#service,
      aud: audience,
      iat: now,
      exp: now + SERVICE_TOKEN_SECONDS,
      jti: randomUUID(),
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
