/** How an issuer signs. Keys are bound to one algorithm (S01). */
export type Algorithm = 'ES256' | 'RS256';

/** An issuer of access tokens as data: everything in which issuers differ. */
export interface Issuer {
  /** The exact `iss` (S05). */
  readonly issuer: string;
  /** Where it publishes its keys (RFC 7517). */
  readonly jwksUrl: string;
  readonly algorithm: Algorithm;
  /** The `typ` headers that its access tokens have (S06); undefined stands for none. */
  readonly types: readonly (string | undefined)[];
  /** Claims that must have, or in a list hold, one of these texts: for whom a token is, and for what (S05, S06). */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** The claim with the list of roles; absent means none. */
  readonly rolesClaim: string;
  /** The claim that names a user otherwise than `sub` does, in the tokens that have it: of users who came from elsewhere. */
  readonly subjectClaim?: string;
  /** The claim that names the sign-in, where tokens have one. */
  readonly sessionClaim: string;
}

/** The store's own issuer, or any that issues as RFC 9068 has it: ES256, `typ` at+jwt, roles in `roles`. */
export function ownIssuer(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
}): Issuer {
  return {
    issuer: options.issuer,
    jwksUrl: options.jwksUrl,
    algorithm: 'ES256',
    types: ['at+jwt'],
    claims: { aud: [options.audience] },
    rolesClaim: 'roles',
    sessionClaim: 'sid',
  };
}

/**
 * The claim by which a user who moved into a pool keeps the id of before. Only the pool's pre token generation trigger can
 * write it: Cognito puts no attribute into access tokens by itself.
 */
export const COGNITO_SUBJECT_CLAIM = 'lethe:account_id';

/**
 * A user pool of Amazon Cognito: RS256, access tokens of the clients listed, groups as roles. Its access tokens have no
 * `aud` but `client_id`, and `origin_jti` for the sign-in.
 * Source: Amazon Cognito, "Understanding the access token" and "Verifying JSON web tokens".
 */
export function cognitoIssuer(options: {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
  /** Of an emulator. Default: the regional endpoint of AWS, which is also in `iss`. */
  readonly endpoint?: string | undefined;
}): Issuer {
  const { region, userPoolId, clientIds } = options;
  const endpoint = (options.endpoint ?? `https://cognito-idp.${region}.amazonaws.com`).replace(/\/+$/, '');
  const issuer = `${endpoint}/${userPoolId}`;
  return {
    issuer,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    algorithm: 'RS256',
    types: [undefined, 'JWT'],
    claims: { token_use: ['access'], client_id: clientIds },
    rolesClaim: 'cognito:groups',
    subjectClaim: COGNITO_SUBJECT_CLAIM,
    sessionClaim: 'origin_jti',
  };
}
