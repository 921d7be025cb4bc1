import { type Tokens } from '@lethe/contracts';
import { type Clock, uuidv7 } from '@lethe/kernel';
import { SignJWT } from 'jose';
import { type SigningKeys } from '../signing/signing-keys.js';
import { type SignIn } from './open-session.js';

export interface TokenIssuerOptions {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

/** What an ID token says beyond who. */
export interface IdentityFacts {
  readonly nonce: string | undefined;
  readonly authenticatedAt: Date;
}

/** Issues access tokens as RFC 9068 has them; they carry ids and roles and nothing personal (S11). */
export class TokenIssuer {
  readonly #options: TokenIssuerOptions;

  constructor(options: TokenIssuerOptions) {
    this.#options = options;
  }

  /**
   * An ID token for the client (OpenID Connect Core 2). It tells a client who signed in, and authorizes nothing: its
   * audience is the client and its type another (S06).
   */
  async identify({ account, clientId, sessionId }: SignIn, facts: IdentityFacts): Promise<string> {
    const { keys, issuer, lifetimeSeconds, clock } = this.#options;
    const { kid, privateKey } = await keys.active();
    const now = Math.floor(clock.now() / 1000);
    const { nonce, authenticatedAt } = facts;
    return new SignJWT({
      sid: sessionId,
      auth_time: Math.floor(authenticatedAt.getTime() / 1000),
      ...(nonce === undefined ? {} : { nonce }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setSubject(account.id)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .sign(privateKey);
  }

  /** An access token of the sign-in (`sid`), and the refresh token that goes with it. */
  async issue({ account: { id, roles }, sessionId, clientId, refreshToken }: SignIn): Promise<Tokens> {
    const { keys, issuer, audience, lifetimeSeconds, clock } = this.#options;
    const { kid, privateKey } = await keys.active();
    const now = Math.floor(clock.now() / 1000);
    const accessToken = await new SignJWT({ roles, sid: sessionId, client_id: clientId })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(id)
      .setJti(uuidv7())
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .sign(privateKey);
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: lifetimeSeconds };
  }
}
