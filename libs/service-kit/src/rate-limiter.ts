import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClients } from '@lethe/aws';
import { type Clock, systemClock } from '@lethe/kernel';
import { RateLimitUnavailableError, TooManyRequestsError } from './service-kit.errors.js';

/** So many per so many seconds. The window is fixed: across its edge, up to twice the limit may pass. */
export interface RateRule {
  /** Kebab-case; rules with one name share their counters. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** When the counters cannot be reached: let all through (`open`, the default) or none, with 503 (`closed`). */
  readonly onFailure?: 'open' | 'closed';
}

export interface RateLimiterOptions {
  readonly clients: Pick<AwsClients, 'dynamodb'>;
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
  readonly clock?: Clock;
  /** Told when the counters cannot be reached. */
  readonly onError?: (error: unknown, rule: RateRule) => void;
}

/** How long after its window a counter stays, for clocks that differ. */
const SWEEP_AFTER_SECONDS = 60;

/** Counts in DynamoDB, so that all replicas share one limit (S27, S51). Keys are stored hashed. */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #clock: Clock;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Takes one of the rule's permits for the key, in one atomic write: parallel calls never take more than the limit.
   * Throws a TooManyRequestsError when none is left.
   */
  async take(rule: RateRule, key: string): Promise<void> {
    const { id, endsAt } = this.#window(rule, key);
    const update = new UpdateItemCommand({
      TableName: this.#options.table,
      Key: { id: { S: id } },
      UpdateExpression: 'SET expiresAt = :expires ADD hits :one',
      ConditionExpression: 'attribute_not_exists(hits) OR hits < :limit',
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':limit': { N: String(rule.limit) },
        ':expires': { N: String(endsAt + SWEEP_AFTER_SECONDS) },
      },
    });
    try {
      await this.#options.clients.dynamodb.send(update);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw this.#exhausted(rule, endsAt);
      this.#unavailable(rule, error);
    }
  }

  /**
   * Throws a TooManyRequestsError if no permit is left, and takes none: for what counts only when it fails, such as a
   * login. Whoever peeks before the work should peek again after it, or parallel calls get past the limit.
   */
  async peek(rule: RateRule, key: string): Promise<void> {
    const { id, endsAt } = this.#window(rule, key);
    const get = new GetItemCommand({ TableName: this.#options.table, Key: { id: { S: id } }, ConsistentRead: true });
    let hits: number;
    try {
      const { Item } = await this.#options.clients.dynamodb.send(get);
      hits = Number(Item?.['hits']?.N ?? 0);
    } catch (error) {
      return this.#unavailable(rule, error);
    }
    if (hits >= rule.limit) throw this.#exhausted(rule, endsAt);
  }

  #exhausted(rule: RateRule, endsAt: number): TooManyRequestsError {
    return new TooManyRequestsError(rule.name, Math.max(1, endsAt - Math.floor(this.#clock.now() / 1000)));
  }

  #unavailable(rule: RateRule, error: unknown): void {
    this.#options.onError?.(error, rule);
    if (rule.onFailure === 'closed') throw new RateLimitUnavailableError(error);
  }

  #window({ name, windowSeconds }: RateRule, key: string): { id: string; endsAt: number } {
    const index = Math.floor(this.#clock.now() / 1000 / windowSeconds);
    const hash = createHash('sha256').update(key).digest('base64url');
    return { id: `${name}#${hash}#${index}`, endsAt: (index + 1) * windowSeconds };
  }
}
