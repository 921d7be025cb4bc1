import { statement } from '@lethe/database';

/** A row of the table `signing_key`. */
export interface SigningKeyRow {
  readonly kid: string;
  readonly public_jwk: Readonly<Record<string, unknown>>;
  readonly sealed_private_key: Buffer;
  readonly active: boolean;
}

/** Every key that may have signed a token still in use; the newest first. */
export const SIGNING_KEYS = statement(
  'signing-key.all',
  'SELECT kid, public_jwk, sealed_private_key, active FROM signing_key ORDER BY created_at DESC',
);

/** $1 kid, $2 public JWK, $3 sealed private key. Does nothing if there is an active key. */
export const INSERT_FIRST_KEY = statement(
  'signing-key.insert-first',
  `INSERT INTO signing_key (kid, public_jwk, sealed_private_key, active, activated_at) VALUES ($1, $2, $3, true, now())
   ON CONFLICT (active) WHERE active DO NOTHING
   RETURNING kid`,
);
