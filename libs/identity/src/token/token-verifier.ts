import { type Clock, systemClock } from '@lethe/kernel';
import { type Principal } from '../access/principal.js';
import { IdentityConfigError, InvalidTokenError } from '../identity.errors.js';
import { type Issuer } from '../issuers.js';
import { type KeySource, type VerificationKey } from '../keys/key-source.js';
import { isSignedBy } from '../keys/signature.js';
import { type Claims, type TokenTimes, checkAllowed, checkTimes, nameClaim, timeClaims } from './claims.js';
import { type Remembered, TokenMemo } from './token-memo.js';
import { type ExpectedHeader, readClaims, readToken } from './unverified-token.js';

/** Options of {@link TokenVerifier}. */
export interface TokenVerifierOptions {
  readonly issuer: Issuer;
  readonly keys: KeySource;
  /** Clock difference forgiven, at most 60 s (S04). Default 30 s. */
  readonly leewaySeconds?: number;
  /** Oldest token accepted, counted from `iat`. Default 15 min (S11). */
  readonly maxAgeSeconds?: number;
  /** Roles that a role brings along. Default: `admin` brings `analyst`. */
  readonly implied?: Readonly<Record<string, readonly string[]>>;
  /** Verified tokens remembered; 0 verifies the signature each time. Default 10,000, some 10 MiB. */
  readonly remembered?: number;
  readonly clock?: Clock;
}

const MAX_LEEWAY_SECONDS = 60;

interface Found extends TokenTimes {
  readonly principal: Principal;
}

/** Verifies the access tokens of one issuer: its algorithm, type, exact `iss` and other claims, within their time. */
export class TokenVerifier {
  readonly #options: Required<TokenVerifierOptions>;
  readonly #header: ExpectedHeader;
  readonly #claims: readonly (readonly [string, readonly string[]])[];
  readonly #memo: TokenMemo<Found>;

  /** Throws an IdentityConfigError for a leeway above 60 s, and for an issuer whose tokens are for anyone. */
  constructor(options: TokenVerifierOptions) {
    this.#options = {
      leewaySeconds: 30,
      maxAgeSeconds: 900,
      implied: { admin: ['analyst'] },
      remembered: 10_000,
      clock: systemClock,
      ...options,
    };
    const { issuer, leewaySeconds, remembered } = this.#options;
    if (leewaySeconds > MAX_LEEWAY_SECONDS) {
      throw new IdentityConfigError(`a leeway of ${leewaySeconds} s is above ${MAX_LEEWAY_SECONDS} s`);
    }
    this.#claims = Object.entries(issuer.claims);
    if (this.#claims.length === 0) throw new IdentityConfigError(`any token of ${issuer.issuer} would be accepted`);
    this.#header = { algorithm: issuer.algorithm, types: issuer.types, kind: 'access' };
    this.#memo = new TokenMemo(remembered);
  }

  /**
   * Who a token is for that was verified before, at once; undefined where it has to be verified, be it good or not. What
   * does not change with time was checked when it was first seen, the rest is checked again: throws an InvalidTokenError.
   */
  recall(token: string): Principal | undefined {
    const remembered = this.#memo.recall(token);
    return remembered && this.#known(token, remembered, this.#options.keys.peek?.(remembered.key.kid));
  }

  /** Throws an InvalidTokenError (401), or a KeysUnavailableError (503) if no key can be had to check with. */
  async verify(token: string): Promise<Principal> {
    const remembered = this.#memo.recall(token);
    if (remembered) {
      const known = this.#known(token, remembered, await this.#options.keys.find(remembered.key.kid));
      if (known) return known;
    }
    const unverified = readToken(token, this.#header);
    const key = await this.#options.keys.find(unverified.kid);
    if (!key) throw new InvalidTokenError('the key is not known');
    if (key.algorithm !== this.#options.issuer.algorithm) throw new InvalidTokenError('the algorithm is not allowed');
    if (!(await isSignedBy(key, unverified.signed, unverified.signature))) {
      throw new InvalidTokenError('the signature is wrong');
    }
    const found = this.#read(readClaims(unverified));
    this.#checkTimes(found);
    this.#memo.keep(token, key, found);
    return found.principal;
  }

  #known(token: string, remembered: Remembered<Found>, key: VerificationKey | undefined): Principal | undefined {
    const found = this.#memo.vouched(token, remembered, key);
    if (!found) return undefined;
    this.#checkTimes(found);
    return found.principal;
  }

  #checkTimes(times: TokenTimes): void {
    const { clock, leewaySeconds: leeway, maxAgeSeconds: maxAge } = this.#options;
    checkTimes(times, { now: clock.now() / 1000, leeway, maxAge });
  }

  #read(claims: Claims): Found {
    const { issuer } = this.#options;
    if (claims['iss'] !== issuer.issuer) throw new InvalidTokenError('the claim iss is not accepted');
    for (const [name, allowed] of this.#claims) checkAllowed(claims, name, allowed);
    const times = timeClaims(claims);
    const sessionId = claims[issuer.sessionClaim] === undefined ? undefined : nameClaim(claims, issuer.sessionClaim);
    const principal: Principal = Object.freeze({
      id: nameClaim(claims, subjectClaimOf(issuer, claims)),
      issuer: issuer.issuer,
      roles: this.#rolesOf(claims[issuer.rolesClaim]),
      tokenId: nameClaim(claims, 'jti'),
      ...(sessionId === undefined ? {} : { sessionId }),
      issuedAt: times.issuedAt,
      expiresAt: times.expiresAt,
    });
    return { ...times, principal };
  }

  #rolesOf(named: unknown = []): readonly string[] {
    if (!Array.isArray(named) || !named.every((role) => typeof role === 'string')) {
      throw new InvalidTokenError('the roles are no list');
    }
    const { implied } = this.#options;
    const brought = named.flatMap((role) => (Object.hasOwn(implied, role) ? (implied[role] ?? []) : []));
    return Object.freeze([...new Set([...named, ...brought])]);
  }
}

/** `sub`, unless the issuer names this user otherwise; `sub` must be there all the same. */
function subjectClaimOf({ subjectClaim }: Issuer, claims: Claims): string {
  nameClaim(claims, 'sub');
  return subjectClaim !== undefined && claims[subjectClaim] !== undefined ? subjectClaim : 'sub';
}
