/** Who is calling, as a verified access token says. A user is `issuer` and `id` together, never an e-mail address (S07). */
export interface Principal {
  /** The `sub` claim. */
  readonly id: string;
  /** The `iss` claim. */
  readonly issuer: string;
  /** The roles that the token names and the roles that those imply. */
  readonly roles: readonly string[];
  /** The `jti` claim, which names the token in logs and in `Revocations`. */
  readonly tokenId: string;
  /** The sign-in from which the token comes: `sid`, or `origin_jti` of Cognito; undefined where the token names none. */
  readonly sessionId?: string;
  /** The `iat` claim, in seconds since the Unix epoch. */
  readonly issuedAt: number;
  /** The `exp` claim, in seconds since the Unix epoch. */
  readonly expiresAt: number;
}

const PRINCIPAL = Symbol('lethe.principal');

interface Bearer {
  [PRINCIPAL]?: Principal;
}

/** The principal that the guard put on an HTTP request; undefined on a public route, and where a service calls. */
export function principalOf(request: object): Principal | undefined {
  return (request as Bearer)[PRINCIPAL];
}

/** Puts the principal on an HTTP request. */
export function setPrincipal(request: object, principal: Principal): void {
  (request as Bearer)[PRINCIPAL] = principal;
}
