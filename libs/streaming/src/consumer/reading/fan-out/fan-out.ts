import {
  InvalidArgumentException,
  KinesisClient,
  ResourceInUseException,
  ResourceNotFoundException,
  type SubscribeToShardEvent,
} from '@aws-sdk/client-kinesis';
import { type Timers, fullJitter, pause, systemTimers } from '@lethe/kernel';
import { InvalidCheckpointError, SilentSubscriptionError } from '../../../streaming.errors.js';
import { JoinedSignal } from '../joined-signal.js';
import { PagePosition } from '../page-position.js';
import type { OpenSource, RecordSource, ShardPage, SourceShard } from '../record-source.js';
import { ShardRanges } from '../shard-ranges.js';
import { startingAt } from '../start-position.js';
import { type ConsumerChoice, StreamConsumers } from './stream-consumer.js';
import { Subscription } from './subscription.js';

/** Kinesis refuses a second subscription to a shard within five seconds after the first, and then lets it take over. */
const RESUBSCRIBE_MS = 5_050;
const BACKOFF = { base: 500, cap: 10_000 } as const;
/** Kinesis sends something every few seconds, also when there are no records; the KCL waits as long. */
const SILENCE_MS = 35_000;

export type FanOutOptions = ConsumerChoice & {
  /** Subscribes; by default a client of its own over HTTP/2, with region and credentials of the group's client. */
  readonly client?: KinesisClient;
  /** Milliseconds after which a subscription from which nothing comes is given up; 35,000. */
  readonly silenceMs?: number;
  readonly timers?: Timers;
};

/**
 * Lets Kinesis push the records (enhanced fan-out): 2 MB a second and shard for this application alone, within about
 * 70 ms. A consumer that is registered by its name stays registered, and is paid for, until someone deregisters it.
 */
export function fanOut(options: FanOutOptions): OpenSource {
  const { silenceMs = SILENCE_MS, timers = systemTimers } = options;
  const shared = {
    silenceMs,
    timers,
    ranges: new ShardRanges(),
    consumers: new StreamConsumers(options, timers),
    clients: new SubscribingClient(options.client),
  };
  return (shard) => new FannedOutShard(shard, shared);
}

interface Shared {
  readonly silenceMs: number;
  readonly timers: Timers;
  readonly ranges: ShardRanges;
  readonly consumers: StreamConsumers;
  readonly clients: SubscribingClient;
}

/** The client of all subscriptions, while there are shards that use it. */
class SubscribingClient {
  #own: KinesisClient | undefined;
  #users = 0;

  constructor(private readonly given: KinesisClient | undefined) {}

  use({ config }: KinesisClient): KinesisClient {
    this.#users += 1;
    if (this.given) return this.given;
    const { region, credentials, endpoint } = config;
    // The SDK's own choice for Kinesis is HTTP/2. A failed subscription is tried again here, where it is known how.
    this.#own ??= new KinesisClient({ region, credentials, maxAttempts: 1, ...(endpoint && { endpoint }) });
    return this.#own;
  }

  leave(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#own?.destroy();
    this.#own = undefined;
  }
}

class FannedOutShard implements RecordSource {
  readonly #place: PagePosition;
  readonly #client: KinesisClient;
  readonly #signals = new JoinedSignal();
  #subscription: Subscription | undefined;
  #subscribedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(
    private readonly shard: SourceShard,
    private readonly shared: Shared,
  ) {
    this.#place = new PagePosition(shard, shared.ranges, shared.timers);
    this.#client = shared.clients.use(shard.kinesis);
  }

  async next(stop: AbortSignal): Promise<ShardPage | undefined> {
    const signal = this.#signals.with(stop);
    for (;;) {
      try {
        this.#subscription ??= await this.#subscribe(signal);
        const event = await this.#subscription?.next(signal);
        if (event === undefined) return undefined;
        if (event !== 'over') return await this.#pageOf(event);
        this.#unsubscribe('over');
      } catch (error) {
        if (error instanceof InvalidCheckpointError) throw error;
        if (signal.aborted) return undefined;
        this.#failed(error);
      }
      if (signal.aborted) return undefined;
    }
  }

  close(): void {
    if (this.#signals.closed.aborted) return;
    this.#signals.close();
    this.#subscription?.close();
    this.shared.clients.leave();
  }

  async #subscribe(signal: AbortSignal): Promise<Subscription | undefined> {
    const { stream, shardId, kinesis, onEvent } = this.shard;
    const { timers, consumers } = this.shared;
    await pause(this.#waitMs(), signal, timers);
    if (signal.aborted) return undefined;
    const ConsumerARN = await consumers.arn(kinesis, stream, this.#signals.closed);
    const from = this.#place.goOn();
    this.#subscribedAt = timers.monotonic();
    try {
      const input = { ConsumerARN, ShardId: shardId, StartingPosition: startingAt(from) };
      const subscription = await Subscription.open(this.#client, input, this.shared, signal);
      // The five seconds begin when Kinesis has it, which is before this and after the request.
      this.#subscribedAt = timers.monotonic();
      if (subscription) onEvent({ type: 'subscribed', shardId });
      return subscription;
    } catch (cause) {
      if (!(cause instanceof InvalidArgumentException) || from !== this.shard.from || from.kind !== 'after')
        throw cause;
      throw new InvalidCheckpointError(shardId, from.sequenceNumber, { cause });
    }
  }

  /** Not before Kinesis would take it, and, the more often it failed, the later. */
  #waitMs(): number {
    const { timers } = this.shared;
    const refused = Math.max(0, this.#subscribedAt + RESUBSCRIBE_MS - timers.monotonic());
    return refused + (this.#failures === 0 ? 0 : fullJitter(this.#failures, BACKOFF, timers.random));
  }

  async #pageOf(event: SubscribeToShardEvent): Promise<ShardPage> {
    const { Records = [], ContinuationSequenceNumber, MillisBehindLatest: millisBehindLatest = 0, ChildShards } = event;
    const { records, bytes } = await this.#place.pass(Records, ContinuationSequenceNumber);
    this.#failures = 0;
    const { shardId, onEvent } = this.shard;
    onEvent({ type: 'page-read', shardId, records: records.length, bytes, millisBehindLatest });
    return {
      records,
      bytes,
      millisBehindLatest,
      last: ContinuationSequenceNumber === undefined && ChildShards !== undefined,
    };
  }

  #failed(error: unknown): void {
    const { shardId, stream, onEvent } = this.shard;
    this.#failures += 1;
    if (error instanceof ResourceNotFoundException) this.shared.consumers.forget(stream);
    // Within the five seconds, or another worker has taken over: it is to be hoped that it has the lease, too.
    if (error instanceof ResourceInUseException) this.#subscribedAt = this.shared.timers.monotonic();
    if (this.#subscription) this.#unsubscribe(error instanceof SilentSubscriptionError ? 'silent' : 'failed');
    onEvent({ type: 'failed', what: 'read', shardId, error });
  }

  #unsubscribe(why: 'over' | 'silent' | 'failed'): void {
    // One that ends without a word each time is no success.
    if (why === 'over' && this.#subscription?.hasEvents === false) this.#failures += 1;
    this.#subscription?.close();
    this.#subscription = undefined;
    this.shard.onEvent({ type: 'unsubscribed', shardId: this.shard.shardId, why });
  }
}
