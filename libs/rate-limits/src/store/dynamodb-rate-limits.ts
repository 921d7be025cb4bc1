import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsClients } from '@lethe/aws';
import { type Clock, fullJitter, pause, systemClock } from '@lethe/kernel';
import { RateLimitContentionError } from '../rate-limits.errors.js';
import { type Counter, type RateLimitStore, type Tally } from './rate-limit-store.js';
import { Turns } from './turns.js';
import { decodeLog, encodeLog } from './window-log.codec.js';
import { type WindowLog, grant, stillOut, tallyOf } from './window-log.js';

/** Options of {@link DynamoDbRateLimits}. */
export interface DynamoDbRateLimitsOptions {
  readonly clients: Pick<AwsClients, 'dynamodb'>;
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
  readonly clock?: Clock;
  /** Milliseconds after which a call is given up; default 1,000. A limit must not be slower than what it guards. */
  readonly timeoutMs?: number;
}

/** How long a counter stays after its last permit came back, for clocks that differ. */
const SWEEP_AFTER_SECONDS = 600;
/** With pauses of up to 100 ms that is about a second. */
const MOST_ATTEMPTS = 25;
const PAUSES = { base: 5, cap: 100 };

interface Seen {
  readonly log: WindowLog;
  /** Undefined where there is no item. */
  readonly version: string | undefined;
}

type Item = Record<string, AttributeValue>;

/**
 * Counters in DynamoDB: an item per counter, replaced as a whole if nobody has replaced it meanwhile. A counter at rest
 * costs one call, one in use two, a refusal two; the time is that of the replicas' clocks, which must agree.
 */
export class DynamoDbRateLimits implements RateLimitStore {
  readonly #options: DynamoDbRateLimitsOptions;
  readonly #clock: Clock;
  readonly #turns = new Turns((counter, wanted) => this.#take(counter, wanted));

  constructor(options: DynamoDbRateLimitsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Rejects with a RateLimitContentionError where too many replicas want this counter, or with an error of the SDK. */
  take(counter: Counter, wanted: number): Promise<Tally> {
    return wanted === 1 ? this.#turns.takeOne(counter) : this.#take(counter, wanted);
  }

  async peek(counter: Counter): Promise<Tally> {
    const { log } = await this.#read(counter);
    const now = this.#clock.now();
    return tallyOf(stillOut(log, counter, now), counter, { granted: 0, now });
  }

  async #take(counter: Counter, wanted: number): Promise<Tally> {
    let seen: Seen = { log: [], version: undefined };
    let conflict: unknown;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      // The first attempt guesses that nothing is out, the second has what it found instead: no need to wait yet.
      if (attempt > 1) await pause(fullJitter(attempt - 1, PAUSES));
      const now = this.#clock.now();
      const { log, tally } = grant(stillOut(seen.log, counter, now), counter, { wanted, now });
      if (tally.granted === 0) return tally;
      try {
        await this.#write(counter, log, { seen, now });
        return tally;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        conflict = error;
        seen = error.Item ? seenIn(error.Item) : await this.#read(counter);
      }
    }
    throw new RateLimitContentionError(counter.id, MOST_ATTEMPTS, conflict);
  }

  async #read({ id }: Counter): Promise<Seen> {
    const get = new GetItemCommand({ TableName: this.#options.table, Key: { id: { S: id } }, ConsistentRead: true });
    const { Item } = await this.#options.clients.dynamodb.send(get, this.#bounded());
    return seenIn(Item);
  }

  /** Replaces what was seen. Rejects with a ConditionalCheckFailedException if something else is there by now. */
  async #write({ id, windowMs }: Counter, log: WindowLog, { seen, now }: { seen: Seen; now: number }): Promise<void> {
    const until = (log.at(-1)?.at ?? now) + windowMs;
    const put = new PutItemCommand({
      TableName: this.#options.table,
      Item: {
        id: { S: id },
        log: { B: encodeLog(log) },
        version: { S: randomUUID() },
        until: { N: String(until) },
        expiresAt: { N: String(Math.ceil(until / 1000) + SWEEP_AFTER_SECONDS) },
      },
      ...(seen.version === undefined
        ? {
            ConditionExpression: 'attribute_not_exists(id) OR #until <= :now',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':now': { N: String(now) } },
          }
        : {
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': { S: seen.version } },
          }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await this.#options.clients.dynamodb.send(put, this.#bounded());
  }

  #bounded(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#options.timeoutMs ?? 1_000) };
  }
}

function seenIn(item: Item | undefined): Seen {
  const log = item?.['log']?.B;
  return { log: log ? decodeLog(log) : [], version: item?.['version']?.S };
}
