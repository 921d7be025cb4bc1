import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
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

/** One use of a limit. */
export interface RatePermit {
  /** Returns a use that turned out not to count, such as that of a login that succeeded. Never rejects. */
  giveBack(): Promise<void>;
}

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
  async take(rule: RateRule, key: string): Promise<RatePermit> {
    const { id, endsAt } = this.#window(rule, key);
    const seconds = Math.max(1, endsAt - Math.floor(this.#clock.now() / 1000));
    try {
      await this.#add(id, 1, endsAt, {
        condition: 'attribute_not_exists(hits) OR hits < :limit',
        values: { ':limit': { N: String(rule.limit) } },
      });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw new TooManyRequestsError(rule.name, seconds);
      this.#options.onError?.(error, rule);
      if (rule.onFailure === 'closed') throw new RateLimitUnavailableError(error);
      return { giveBack: async () => undefined };
    }
    return { giveBack: () => this.#giveBack(id, endsAt, rule) };
  }

  async #giveBack(id: string, endsAt: number, rule: RateRule): Promise<void> {
    try {
      await this.#add(id, -1, endsAt, { condition: 'hits > :zero', values: { ':zero': { N: '0' } } });
    } catch (error) {
      // Swept meanwhile: then there is nothing to give back to.
      if (!(error instanceof ConditionalCheckFailedException)) this.#options.onError?.(error, rule);
    }
  }

  #window({ name, windowSeconds }: RateRule, key: string): { id: string; endsAt: number } {
    const index = Math.floor(this.#clock.now() / 1000 / windowSeconds);
    const hash = createHash('sha256').update(key).digest('base64url');
    return { id: `${name}#${hash}#${index}`, endsAt: (index + 1) * windowSeconds };
  }

  async #add(
    id: string,
    change: number,
    endsAt: number,
    { condition, values }: { condition: string; values: Record<string, { N: string }> },
  ): Promise<void> {
    await this.#options.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: this.#options.table,
        Key: { id: { S: id } },
        UpdateExpression: 'SET expiresAt = :expires ADD hits :change',
        ConditionExpression: condition,
        ExpressionAttributeValues: {
          ...values,
          ':expires': { N: String(endsAt + 60) },
          ':change': { N: String(change) },
        },
      }),
    );
  }
}
