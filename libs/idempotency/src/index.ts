export { canonicalJson, fingerprintOf } from './canonical-json.js';
export { type ClaimResult, type ClaimValues, IdempotencyKeys } from './idempotency-keys.js';
export {
  IdempotencyKeyInUseError,
  IdempotencyKeyInvalidError,
  IdempotencyKeyReusedError,
  IdempotencyOptionsError,
  IdempotencyPrincipalError,
  IdempotencyStoreUnavailableError,
  IdempotentWorkFailedError,
  NestingError,
  ResponseTooLargeError,
} from './idempotency.errors.js';
export { idempotencyMigrations } from './idempotency.migration.js';
export { IdempotencyModule, type IdempotencyModuleOptions } from './idempotency.module.js';
export { CLAIM_CTES, CLAIM_RESULT } from './idempotency.sql.js';
export {
  IDEMPOTENCY_RETENTION_SECONDS,
  type IdempotentRequest,
  type IdempotentRuns,
  type KeyScope,
} from './idempotent-runs.js';
export { IdempotencyKey, readIdempotencyKey } from './key-header.js';
export { Idempotent, IdempotentContext } from './route/idempotent.decorator.js';
export { type IdempotentRouteOptions } from './route/idempotent-route.js';
export { type KeyOwner } from './route/idempotency.interceptor.js';
export { IdempotencyProblemFilter } from './route/idempotency-problem.filter.js';
export { IdempotentRoutesModule, type IdempotentRoutesOptions } from './route/idempotent-routes.module.js';
export { type IdempotentOutcome, type ReplyLike, type StoredResponse, applyOutcome } from './stored-response.js';
