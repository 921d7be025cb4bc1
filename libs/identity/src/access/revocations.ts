import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsClients } from '@lethe/aws';
import DataLoader from 'dataloader';
import { type Clock, isUuid, systemClock, timeOfUuidv7, withinTime } from '@lethe/kernel';
import { RevocationsUnavailableError } from '../identity.errors.js';
import { type Principal } from './principal.js';

/** Options of {@link Revocations}. */
export interface RevocationsOptions {
  readonly clients: Pick<AwsClients, 'dynamodb'>;
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
  /** How long an access token can be used at most, in seconds; a revocation is kept as long. Default 15 min (S11). */
  readonly tokenLifetimeSeconds?: number;
  /** The longest time for one answer of the table. Default 1,000 ms. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** Clocks of replicas may differ by so much (R36), so a revocation stays longer than any token. */
const SKEW_SECONDS = 600;
/** BatchGetItem: keys of one request (DynamoDB API reference). */
const MAX_KEYS = 100;

type Item = Record<string, AttributeValue>;

/**
 * Tokens, sign-ins and users whose access tokens end before their time (S10, S20): items of DynamoDB that live as long
 * as a token can. Consistent reads: what was revoked before a check began is found by it.
 */
export class Revocations {
  readonly #options: Required<RevocationsOptions>;
  /** Requests that come in the same turn of the event loop are looked up by one call. Nothing is kept. */
  readonly #items = new DataLoader<string, Item | undefined>((keys) => this.#read(keys), {
    cache: false,
    maxBatchSize: MAX_KEYS,
    batchScheduleFn: setImmediate,
  });

  constructor(options: RevocationsOptions) {
    this.#options = { tokenLifetimeSeconds: 900, timeoutMs: 1_000, clock: systemClock, ...options };
  }

  /** One token, by its `jti`. Throws a RevocationsUnavailableError (503): it is then not revoked. */
  revokeToken(tokenId: string): Promise<void> {
    return this.#put(`jti#${tokenId}`);
  }

  /** Every token of one sign-in. Throws as {@link revokeToken} does. */
  revokeSession(sessionId: string): Promise<void> {
    return this.#put(`sid#${sessionId}`);
  }

  /**
   * Every token of a user that was issued until `at` (milliseconds, default now). A sign-in afterwards is not touched.
   * Compares clocks of different replicas: where that matters revoke the sign-ins too. Throws as {@link revokeToken} does.
   */
  revokeSubject(subject: string, at: number = this.#options.clock.now()): Promise<void> {
    return this.#put(`sub#${subject}`, at);
  }

  /** Whether the token, its sign-in or its user was revoked. Throws a RevocationsUnavailableError (503). */
  async isRevoked(principal: Principal): Promise<boolean> {
    const { id, tokenId, sessionId } = principal;
    const keys = [`jti#${tokenId}`, `sub#${id}`, ...(sessionId === undefined ? [] : [`sid#${sessionId}`])];
    const [token, subject, session] = await Promise.all(keys.map((key) => this.#items.load(key)));
    if (token !== undefined || session !== undefined) return true;
    return subject !== undefined && issuedAtMs(principal) <= Number(subject['validAfter']?.N);
  }

  /** `validAfter` only ever rises, whoever's clock it comes from. */
  async #put(id: string, validAfter = 0): Promise<void> {
    const { clients, table, clock, tokenLifetimeSeconds, timeoutMs } = this.#options;
    const expiresAt = Math.ceil(clock.now() / 1000) + tokenLifetimeSeconds + SKEW_SECONDS;
    const command = new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: id } },
      UpdateExpression: 'SET expiresAt = :expires, validAfter = :after',
      ConditionExpression: 'attribute_not_exists(id) OR validAfter <= :after',
      ExpressionAttributeValues: { ':expires': { N: String(expiresAt) }, ':after': { N: String(validAfter) } },
    });
    try {
      await withinTime(timeoutMs, (abortSignal) => clients.dynamodb.send(command, { abortSignal }));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw new RevocationsUnavailableError(error);
    }
  }

  /** The items with these keys, which come again where two tokens share one. */
  async #read(keys: readonly string[]): Promise<(Item | undefined | RevocationsUnavailableError)[]> {
    const { table } = this.#options;
    const Keys = [...new Set(keys)].map((key) => ({ id: { S: key } }));
    const { Responses, UnprocessedKeys } = await this.#send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    const found = Responses?.[table];
    if (found === undefined) throw new RevocationsUnavailableError(new TypeError('the table answered nothing'));
    const items = new Map(found.map((item) => [item['id']?.S, item]));
    // Throttled in part: what was not read may be the very revocation.
    const partial = Object.keys(UnprocessedKeys ?? {}).length > 0;
    const absent = partial ? new RevocationsUnavailableError(new TypeError('not every key was read')) : undefined;
    return keys.map((key) => items.get(key) ?? absent);
  }

  async #send(command: BatchGetItemCommand): Promise<BatchGetItemCommandOutput> {
    const { clients, timeoutMs } = this.#options;
    try {
      return await withinTime(timeoutMs, (abortSignal) => clients.dynamodb.send(command, { abortSignal }));
    } catch (error) {
      throw new RevocationsUnavailableError(error);
    }
  }
}

/**
 * When a token was issued. `iat` has whole seconds; an issuer whose `jti` is a UUIDv7 of that second tells it to the
 * millisecond, so that a user who signs in again at once is not refused with the tokens of before.
 */
function issuedAtMs({ tokenId, issuedAt }: Principal): number {
  const exact = isUuid(tokenId) && tokenId[14] === '7' ? timeOfUuidv7(tokenId) : undefined;
  return exact !== undefined && Math.floor(exact / 1000) === issuedAt ? exact : issuedAt * 1000;
}
