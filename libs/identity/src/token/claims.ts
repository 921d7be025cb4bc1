import { InvalidTokenError } from '../identity.errors.js';

/** The claims of a token whose signature is good. */
export type Claims = Readonly<Record<string, unknown>>;

/** When a token may be used, in seconds since the Unix epoch. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly notBefore: number | undefined;
}

/** How times are judged, in seconds. */
export interface TimeRules {
  readonly now: number;
  readonly leeway: number;
  readonly maxAge: number;
}

/** What is taken as a name of something: OpenID Connect Core 2 has `sub` so, at most 255 characters of ASCII. */
const NAME = /^[\x21-\x7e]{1,255}$/;

/** The refusal of a claim: it is missing, of another type, or says something else. */
export function refusedClaim(name: string): InvalidTokenError {
  return new InvalidTokenError(`the claim ${name} is not accepted`);
}

/** A claim that names something. Throws an {@link InvalidTokenError}. */
export function nameClaim(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || !NAME.test(value)) throw refusedClaim(name);
  return value;
}

/** `iat` and `exp`, both required, and `nbf` (S04; RFC 7519 4.1). Throws an {@link InvalidTokenError}. */
export function timeClaims(claims: Claims): TokenTimes {
  const [issuedAt, expiresAt, notBefore] = ['iat', 'exp', 'nbf'].map((name) => {
    const value = claims[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (name === 'nbf' && value === undefined) return undefined;
    throw refusedClaim(name);
  });
  if (issuedAt === undefined || expiresAt === undefined) throw refusedClaim('exp');
  return { issuedAt, expiresAt, notBefore };
}

/** Throws an {@link InvalidTokenError} for a token that is over, not yet begun, or too old whatever its `exp` (S11). */
export function checkTimes(times: TokenTimes, { now, leeway, maxAge }: TimeRules): void {
  const { issuedAt, expiresAt, notBefore } = times;
  if (now - leeway >= expiresAt || now - leeway > issuedAt + maxAge)
    throw new InvalidTokenError('the token has expired');
  if (issuedAt > now + leeway) throw refusedClaim('iat');
  if (notBefore !== undefined && notBefore > now + leeway) throw refusedClaim('nbf');
}

/** Throws an {@link InvalidTokenError} unless the claim is one of the texts, or, as `aud` may be, a list that has one. */
export function checkAllowed(claims: Claims, name: string, allowed: readonly string[]): void {
  const value = claims[name];
  const given: readonly unknown[] = name === 'aud' && Array.isArray(value) ? value : [value];
  if (!given.some((one) => typeof one === 'string' && allowed.includes(one))) throw refusedClaim(name);
}
