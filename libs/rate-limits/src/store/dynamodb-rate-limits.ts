import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type AwsClients } from '@lethe/aws';
import { type Clock, fullJitter, pause, systemClock } from '@lethe/kernel';
import { RateLimitContentionError } from '../rate-limits.errors.js';
import { type Counter, type RateLimitStore, type Tally } from './rate-limit-store.js';
import { LEARN_TIME, learnTime } from './learn-time.js';
import { ServerClock } from './server-clock.js';
import { Turns } from './turns.js';
import { decodeLog, encodeLog } from './window-log.codec.js';
import { type WindowLog, grant, stillOut, tallyOf } from './window-log.js';

/** Options of {@link DynamoDbRateLimits}. */
export interface DynamoDbRateLimitsOptions {
  readonly clients: Pick<AwsClients, 'dynamodb'>;
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
  /** In place of this process's clock as DynamoDB's corrects it: for tests. */
  readonly clock?: Clock;
  /** This process's clock; default the system's. Corrected where it differs from DynamoDB's by more than a second. */
  readonly ownClock?: Clock;
  /** Milliseconds after which a call is given up; default 3,000. Shorter, and a busy replica would take itself for cut off. */
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

const NOTHING: Seen = { log: [], version: undefined };

/**
 * Counters in DynamoDB: an item per counter, replaced as a whole if nobody has replaced it meanwhile. A counter at rest
 * costs one call, one in use two, a refusal one or two. The time is that of the replicas, corrected by DynamoDB's where
 * they differ from it by more than a second: so much may a permit come back early or late then (R36).
 */
export class DynamoDbRateLimits implements RateLimitStore {
  readonly #options: DynamoDbRateLimitsOptions;
  readonly #clock: Clock;
  readonly #serverClock: ServerClock;
  readonly #turns = new Turns((counter, wanted) => this.#take(counter, wanted));

  constructor(options: DynamoDbRateLimitsOptions) {
    this.#options = options;
    this.#serverClock = new ServerClock(options.ownClock ?? systemClock);
    this.#clock = options.clock ?? this.#serverClock;
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
    // Without the time of day no guess is worth a call.
    let seen: Seen = this.#knowsTime ? NOTHING : await this.#read(counter);
    let conflict: unknown;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      // The first attempt guesses that nothing is out, the second has what it found instead: no need to wait yet.
      if (attempt > 1) await pause(fullJitter(attempt - 1, PAUSES));
      const now = this.#clock.now();
      const { log, tally } = grant(stillOut(seen.log, counter, now), counter, { wanted, now });
      if (tally.granted === 0) return tally;
      const version = randomUUID();
      try {
        await this.#write(counter, { log, version }, { seen, now });
        return tally;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        conflict = error;
        seen = error.Item ? seenIn(error.Item) : await this.#read(counter);
        // The SDK asked again, because the answer to the write was lost.
        if (seen.version === version) return tally;
      }
    }
    throw new RateLimitContentionError(counter.id, MOST_ATTEMPTS, conflict);
  }

  async #read({ id }: Counter): Promise<Seen> {
    const get = new GetItemCommand({ TableName: this.#options.table, Key: { id: { S: id } }, ConsistentRead: true });
    get.middlewareStack.add(learnTime(this.#serverClock), LEARN_TIME);
    const { Item } = await this.#options.clients.dynamodb.send(get, this.#bounded());
    return seenIn(Item);
  }

  /** Replaces what was seen. Rejects with a ConditionalCheckFailedException if something else is there by now. */
  async #write(
    { id, windowMs }: Counter,
    { log, version }: { log: WindowLog; version: string },
    { seen, now }: { seen: Seen; now: number },
  ): Promise<void> {
    const until = (log.at(-1)?.at ?? now) + windowMs;
    const put = new PutItemCommand({
      TableName: this.#options.table,
      Item: {
        id: { S: id },
        log: { B: encodeLog(log) },
        version: { S: version },
        until: { N: String(until) },
        expiresAt: { N: String(Math.ceil(until / 1000) + SWEEP_AFTER_SECONDS) },
      },
      ...(seen.version === undefined ? isAtRest(now) : isVersion(seen.version)),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    put.middlewareStack.add(learnTime(this.#serverClock), LEARN_TIME);
    await this.#options.clients.dynamodb.send(put, this.#bounded());
  }

  get #knowsTime(): boolean {
    return this.#options.clock !== undefined || this.#serverClock.isKnown;
  }

  #bounded(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#options.timeoutMs ?? 3_000) };
  }
}

function seenIn(item: Item | undefined): Seen {
  const log = item?.['log']?.B;
  return { log: log ? decodeLog(log) : [], version: item?.['version']?.S };
}

/** The condition that nothing is there, or nothing that is still out. */
function isAtRest(now: number): Partial<PutItemCommandInput> {
  return {
    ConditionExpression: 'attribute_not_exists(id) OR #until <= :now',
    ExpressionAttributeNames: { '#until': 'until' },
    ExpressionAttributeValues: { ':now': { N: String(now) } },
  };
}

/** The condition that what was seen is still there. */
function isVersion(version: string): Partial<PutItemCommandInput> {
  return {
    ConditionExpression: '#version = :seen',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':seen': { S: version } },
  };
}
