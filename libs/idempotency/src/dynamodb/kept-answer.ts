import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ResponseTooLargeError } from '../idempotency.errors.js';
import type { StoredResponse } from '../stored-response.js';

/** Bytes of headers and body: an item of DynamoDB has 409,600 at most, with names, fingerprint and token. */
export const MAX_ANSWER_BYTES = 400_000;

/** An answer, or that the work failed with this status. */
export type KeptAnswer =
  | { readonly type: 'response'; readonly response: StoredResponse }
  | { readonly type: 'failure'; readonly status: number };

/** Throws a {@link ResponseTooLargeError}, and as `JSON.stringify` does. */
export function attributesOf(kept: KeptAnswer): Record<string, AttributeValue> {
  if (kept.type === 'failure') return { status: { N: String(kept.status) }, failed: { BOOL: true } };
  const { status, headers = {}, body } = kept.response;
  const texts = { headers: JSON.stringify(headers), body: JSON.stringify(body ?? null) };
  const bytes = Buffer.byteLength(texts.headers) + Buffer.byteLength(texts.body);
  if (bytes > MAX_ANSWER_BYTES) throw new ResponseTooLargeError(bytes, MAX_ANSWER_BYTES);
  return { status: { N: String(status) }, headers: { S: texts.headers }, body: { S: texts.body } };
}

/** Undefined where the work is not done. */
export function answerIn(item: Readonly<Record<string, AttributeValue>>): KeptAnswer | undefined {
  const status = item['status']?.N;
  if (status === undefined) return undefined;
  if (item['failed']?.BOOL === true) return { type: 'failure', status: Number(status) };
  const headers = JSON.parse(item['headers']?.S ?? '{}') as Readonly<Record<string, string>>;
  const body = JSON.parse(item['body']?.S ?? 'null') as unknown;
  return { type: 'response', response: { status: Number(status), headers, body } };
}
