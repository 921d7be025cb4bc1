import { type Clock, systemClock } from '@lethe/kernel';
import { type JWTPayload, errors, jwtVerify } from 'jose';
import { IdentityConfigError, InvalidTokenError } from './identity.errors.js';
import { type KeySource } from './key-source.js';
import { type Principal } from './principal.js';
import { readKeyId } from './token-format.js';

export interface TokenVerifierOptions {
  /** The exact `iss` (S05). */
  readonly issuer: string;
  /** The `aud` that a token must name (S05). */
  readonly audience: string;
  readonly keys: KeySource;
  /** Clock difference forgiven, at most 60 s (S04). Default 30 s. */
  readonly leewaySeconds?: number;
  /** Oldest token accepted, counted from `iat`. Default 15 min (S11). */
  readonly maxAgeSeconds?: number;
  /** Roles that a role brings along. Default: `admin` brings `analyst`. */
  readonly implied?: Readonly<Record<string, readonly string[]>>;
  readonly clock?: Clock;
}

const MAX_LEEWAY_SECONDS = 60;

/** Verifies access tokens of one issuer: ES256, `typ` at+jwt, exact issuer and audience, within their time. */
export class TokenVerifier {
  readonly #options: Required<TokenVerifierOptions>;

  /** Throws an IdentityConfigError for a leeway above 60 s. */
  constructor(options: TokenVerifierOptions) {
    this.#options = {
      leewaySeconds: 30,
      maxAgeSeconds: 900,
      implied: { admin: ['analyst'] },
      clock: systemClock,
      ...options,
    };
    if (this.#options.leewaySeconds > MAX_LEEWAY_SECONDS) {
      throw new IdentityConfigError(`a leeway of ${this.#options.leewaySeconds} s is above ${MAX_LEEWAY_SECONDS} s`);
    }
  }

  /** Throws an InvalidTokenError (401), or a KeysUnavailableError (503) if no key can be had to check with. */
  async verify(token: string): Promise<Principal> {
    const key = await this.#options.keys.find(readKeyId(token));
    if (!key) throw new InvalidTokenError('the key is not known');
    const { issuer, audience, leewaySeconds, maxAgeSeconds, clock } = this.#options;
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['ES256'],
        typ: 'at+jwt',
        issuer,
        audience,
        clockTolerance: leewaySeconds,
        maxTokenAge: maxAgeSeconds,
        requiredClaims: ['exp', 'iat', 'sub', 'jti'],
        currentDate: new Date(clock.now()),
      });
      return this.#principalOf(payload);
    } catch (error) {
      throw error instanceof InvalidTokenError ? error : new InvalidTokenError(reasonOf(error), error);
    }
  }

  #principalOf({ sub, jti, roles, iss = '', iat = 0, exp = 0, sid }: JWTPayload): Principal {
    if (typeof sub !== 'string' || sub === '' || typeof jti !== 'string') {
      throw new InvalidTokenError('the token names no subject');
    }
    const named = roles === undefined ? [] : roles;
    if (!Array.isArray(named) || !named.every((role) => typeof role === 'string')) {
      throw new InvalidTokenError('the roles are no list');
    }
    const { implied } = this.#options;
    return {
      id: sub,
      issuer: iss,
      issuedAt: iat,
      expiresAt: exp,
      ...(typeof sid === 'string' ? { sessionId: sid } : {}),
      tokenId: jti,
      roles: [
        ...new Set(named.flatMap((role) => [role, ...(Object.hasOwn(implied, role) ? (implied[role] ?? []) : [])])),
      ],
    };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim ${error.claim} is not accepted`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature is wrong';
  return 'the token is malformed';
}
