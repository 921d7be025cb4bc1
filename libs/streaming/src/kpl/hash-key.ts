import { hash } from 'node:crypto';
import { InvalidHashKeyError } from '../streaming.errors.js';

/** The hash keys that a shard takes, both ends included: 32 hexadecimal digits, so that texts compare as numbers do. */
export interface HashKeyRange {
  readonly first: string;
  readonly last: string;
}

const DECIMAL = /^(?:0|[1-9]\d{0,38})$/;
const LAST = 2n ** 128n - 1n;

/** An explicit hash key, decimal as the API has it, as 32 hexadecimal digits. Throws an {@link InvalidHashKeyError}. */
export function hashKeyDigits(decimal: string): string {
  const key = DECIMAL.test(decimal) ? BigInt(decimal) : undefined;
  if (key === undefined || key > LAST) throw new InvalidHashKeyError(decimal);
  return key.toString(16).padStart(32, '0');
}

/** The hash key by which Kinesis chooses the shard of a record, as 32 hexadecimal digits. Throws an {@link InvalidHashKeyError}. */
export function hashKeyOf(partitionKey: string, explicitHashKey?: string): string {
  return explicitHashKey === undefined ? hash('md5', partitionKey, 'hex') : hashKeyDigits(explicitHashKey);
}

/** Whether a hash key lies in the range. */
export const inRange = ({ first, last }: HashKeyRange, key: string): boolean => first <= key && key <= last;
