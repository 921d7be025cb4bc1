export {
  DynamoIdempotencyKeys,
  type DynamoIdempotencyOptions,
  type IdempotencyClaim,
} from './dynamo-idempotency-keys.js';
