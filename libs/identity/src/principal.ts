/** Who is calling, as a verified access token says. Identity is `id`, never an e-mail address (S07). */
export interface Principal {
  /** The `sub` claim. */
  readonly id: string;
  /** The `roles` claim and the roles that those imply. */
  readonly roles: readonly string[];
  /** The `jti` claim, which names the token in logs. */
  readonly tokenId: string;
}

const PRINCIPAL = Symbol('lethe.principal');

interface Bearer {
  [PRINCIPAL]?: Principal;
}

/** The principal that the guard put on an HTTP request; undefined on a public route. */
export function principalOf(request: object): Principal | undefined {
  return (request as Bearer)[PRINCIPAL];
}

/** Puts the principal on an HTTP request. */
export function setPrincipal(request: object, principal: Principal): void {
  (request as Bearer)[PRINCIPAL] = principal;
}
