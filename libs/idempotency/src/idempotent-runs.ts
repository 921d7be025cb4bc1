import type { IdempotentOutcome, StoredResponse } from './stored-response.js';

/** How long a key is remembered at least: 24 hours (I11). After that the same key is a new request. */
export const IDEMPOTENCY_RETENTION_SECONDS = 86_400;

/** Who uses the key for what. Keys of others, and of other routes, are other keys (I12). */
export interface KeyScope {
  readonly tenant?: string;
  /** Id of the signed-in user, from the token and never from the request. */
  readonly principal: string;
  readonly method: string;
  /** The route's pattern, such as `/orders`. */
  readonly route: string;
}

export interface IdempotentRequest {
  readonly scope: KeyScope;
  /** As `readIdempotencyKey` gives it. */
  readonly key: string;
  /** As `fingerprintOf` gives it. */
  readonly fingerprint: string;
}

/**
 * Runs a request once per key. Work is given what binds it to its key: on Postgres the transaction (`Tx`), on DynamoDB
 * the claim (`IdempotencyClaim`). Throws an IdempotencyKeyInUseError (409), an IdempotencyKeyReusedError (422), an error
 * of 503 where the store is away, and what the work throws.
 */
export interface IdempotentRuns<Context = unknown> {
  run(request: IdempotentRequest, work: (context: Context) => Promise<StoredResponse>): Promise<IdempotentOutcome>;
}
