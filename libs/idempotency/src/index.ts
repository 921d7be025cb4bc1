export { canonicalJson, fingerprintOf } from './canonical-json.js';
export {
  type ClaimResult,
  type ClaimValues,
  IDEMPOTENCY_RETENTION_SECONDS,
  IdempotencyKeys,
  type IdempotentRequest,
  type KeyScope,
} from './idempotency-keys.js';
export {
  IdempotencyKeyInUseError,
  IdempotencyKeyInvalidError,
  IdempotencyKeyReusedError,
  NestingError,
} from './idempotency.errors.js';
export { idempotencyMigrations } from './idempotency.migration.js';
export { IdempotencyModule, type IdempotencyModuleOptions } from './idempotency.module.js';
export { CLAIM_CTES, CLAIM_RESULT } from './idempotency.sql.js';
export { IdempotencyKey, readIdempotencyKey } from './key-header.js';
export { type IdempotentOutcome, type ReplyLike, type StoredResponse, applyOutcome } from './stored-response.js';
