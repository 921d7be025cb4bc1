import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { IDEMPOTENCY_RETENTION_SECONDS, type IdempotentRequest } from '../idempotent-runs.js';
import { scopeHash } from '../scope-hash.js';
import { type KeptAnswer, answerIn, attributesOf } from './kept-answer.js';

/** How long an item stays after its end, in seconds, for clocks that differ. The sweeper decides nothing: we do. */
const SWEEP_AFTER_SECONDS = 600;

/** Where the items lie, and how long a call may take. */
export interface KeyTable {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly callTimeoutMs: number;
}

/** What was found where a claim was wanted. */
export type Found =
  | { readonly type: 'claimed'; readonly token: string }
  | { readonly type: 'running'; readonly fingerprint: string | undefined }
  | { readonly type: 'answered'; readonly fingerprint: string; readonly answer: KeptAnswer };

type Item = Record<string, AttributeValue>;

const NAMES = { '#token': 'token', '#status': 'status' } as const;
/** Still the claim of this token: not taken over, not answered. */
const IS_MINE = '#token = :token AND attribute_not_exists(#status)';

/**
 * An item per key, changed by conditional writes alone. `token` is whose claim it is, `until` (ms) when the claim or, once
 * there is a `status`, the answer ends; `expiresAt` (s) is for DynamoDB's sweeper. Rejects with errors of the SDK.
 */
export class KeyItems {
  constructor(private readonly at: KeyTable) {}

  /** Takes a key that nobody has, or whose claim or answer has ended. */
  async claim(request: IdempotentRequest, now: number, claimMs: number): Promise<Found> {
    const token = randomUUID();
    const put = new PutItemCommand({
      TableName: this.at.table,
      Item: {
        ...keyOf(request),
        fingerprint: { S: request.fingerprint },
        token: { S: token },
        ...until(now + claimMs),
      },
      ConditionExpression: 'attribute_not_exists(id) OR #until <= :now',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':now': { N: String(now) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.at.dynamodb.send(put, this.#bounded());
      return { type: 'claimed', token };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = error.Item ?? (await this.#item(request));
      // The SDK asked twice, because the answer to its first call was lost: what refused the second is our own.
      if (item?.['token']?.S === token) return { type: 'claimed', token };
      return foundIn(item);
    }
  }

  /** What lies under the key now, whether it has ended or not. */
  async read(request: IdempotentRequest): Promise<Found> {
    return foundIn(await this.#item(request));
  }

  /** Keeps the answer for 24 hours or more. False where the claim was taken over: the fence. */
  async keep(request: IdempotentRequest, token: string, kept: KeptAnswer, end: number): Promise<boolean> {
    const values = { ...attributesOf(kept), ...until(end) };
    const names = Object.keys(values);
    const update = new UpdateItemCommand({
      TableName: this.at.table,
      Key: keyOf(request),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: { ...NAMES, ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
      ExpressionAttributeValues: {
        ':token': { S: token },
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      },
    });
    try {
      await this.at.dynamodb.send(update, this.#bounded());
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = await this.#item(request);
      return item?.['token']?.S === token && item['status'] !== undefined;
    }
  }

  /** Gives the key back, if it is still this claim's. */
  async release(request: IdempotentRequest, token: string): Promise<void> {
    const removal = new DeleteItemCommand({
      TableName: this.at.table,
      Key: keyOf(request),
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: { ':token': { S: token } },
    });
    try {
      await this.at.dynamodb.send(removal, this.#bounded());
    } catch (error) {
      // Taken over meanwhile: no longer ours to give.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async #item(request: IdempotentRequest): Promise<Item | undefined> {
    const get = new GetItemCommand({ TableName: this.at.table, Key: keyOf(request), ConsistentRead: true });
    return (await this.at.dynamodb.send(get, this.#bounded())).Item;
  }

  #bounded(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.at.callTimeoutMs) };
  }
}

/** When an answer that is given now ends, in ms. */
export function endOfRetention(now: number, retentionSeconds: number = IDEMPOTENCY_RETENTION_SECONDS): number {
  return now + retentionSeconds * 1_000;
}

function keyOf(request: IdempotentRequest): Item {
  return { id: { S: `idempotency#${scopeHash(request).toString('base64url')}` } };
}

function until(ms: number): Item {
  return { until: { N: String(ms) }, expiresAt: { N: String(Math.ceil(ms / 1_000) + SWEEP_AFTER_SECONDS) } };
}

function foundIn(item: Item | undefined): Found {
  const fingerprint = item?.['fingerprint']?.S;
  const answer = item && answerIn(item);
  return fingerprint === undefined || answer === undefined
    ? { type: 'running', fingerprint }
    : { type: 'answered', fingerprint, answer };
}
