import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsClients } from '@lethe/aws';
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

/**
 * Tokens, sign-ins and users whose access tokens end before their time (S10, S20): items of DynamoDB that live as long
 * as a token can. Consistent reads: what was revoked before a check began is found by it.
 */
export class Revocations {
  readonly #options: Required<RevocationsOptions>;

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
    const { table } = this.#options;
    const { id, tokenId, sessionId } = principal;
    const keys = [`jti#${tokenId}`, `sub#${id}`, ...(sessionId === undefined ? [] : [`sid#${sessionId}`])];
    const command = new BatchGetItemCommand({
      RequestItems: { [table]: { Keys: keys.map((key) => ({ id: { S: key } })), ConsistentRead: true } },
    });
    const { Responses, UnprocessedKeys } = await this.#read(command);
    const items = Responses?.[table];
    // Throttled in part: what was not read may be the very revocation.
    if (items === undefined || Object.keys(UnprocessedKeys ?? {}).length > 0) {
      throw new RevocationsUnavailableError(new TypeError('not every key was read'));
    }
    return items.some(({ id: key, validAfter }) => {
      return key?.S?.startsWith('sub#') ? issuedAtMs(principal) <= Number(validAfter?.N) : true;
    });
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

  async #read(command: BatchGetItemCommand): Promise<BatchGetItemCommandOutput> {
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
