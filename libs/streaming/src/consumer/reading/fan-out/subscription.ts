import {
  type KinesisClient,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
  type SubscribeToShardInput,
} from '@aws-sdk/client-kinesis';
import type { Timers } from '@lethe/kernel';
import { SilentSubscriptionError, UnexpectedAnswerError } from '../../../streaming.errors.js';

export interface SubscriptionTimes {
  /** Milliseconds after which one from which nothing comes is given up. */
  readonly silenceMs: number;
  readonly timers: Pick<Timers, 'after'>;
}

/** Kinesis pushes a shard's records over one connection, for five minutes at most. */
export class Subscription {
  readonly #end = new AbortController();
  readonly #times: SubscriptionTimes;
  #events: AsyncIterator<SubscribeToShardEventStream> | undefined;
  /** Kept when nobody waits for it any more, so that no event is lost to an aborted wait. */
  #coming: Promise<SubscribeToShardEvent | undefined> | undefined;
  /** Whether anything came of it. */
  hasEvents = false;

  private constructor(times: SubscriptionTimes) {
    this.#times = times;
  }

  /** Undefined where `stop` aborts first. Throws the SDK's errors, a SilentSubscriptionError. */
  static async open(
    client: KinesisClient,
    input: SubscribeToShardInput,
    times: SubscriptionTimes,
    stop: AbortSignal,
  ): Promise<Subscription | undefined> {
    const subscription = new Subscription(times);
    try {
      if (await subscription.#inTime(subscription.#subscribe(client, input), stop)) return subscription;
    } catch (error) {
      subscription.close();
      throw error;
    }
    subscription.close();
    return undefined;
  }

  /**
   * What comes next; undefined where `stop` aborts first, and `over` where nothing will come. Throws the SDK's errors, a
   * SilentSubscriptionError; then it is to be closed.
   */
  async next(stop: AbortSignal): Promise<SubscribeToShardEvent | 'over' | undefined> {
    this.#coming ??= this.#pull();
    const coming = this.#coming;
    const event = await this.#inTime(
      coming.then((value) => value ?? 'over'),
      stop,
    );
    if (event !== undefined) this.#coming = undefined;
    return event;
  }

  close(): void {
    this.#end.abort();
    // Whoever waited is gone; a connection that is cut ends with an error that means nothing.
    this.#coming?.catch(() => undefined);
    this.#coming = undefined;
  }

  async #subscribe(client: KinesisClient, input: SubscribeToShardInput): Promise<true> {
    const command = new SubscribeToShardCommand(input);
    const { EventStream } = await client.send(command, { abortSignal: this.#end.signal });
    if (!EventStream) throw new UnexpectedAnswerError(`SubscribeToShard of ${input.ShardId} answered no event stream`);
    this.#events = EventStream[Symbol.asyncIterator]();
    return true;
  }

  /** The next event; the errors among them are thrown by the SDK. */
  async #pull(): Promise<SubscribeToShardEvent | undefined> {
    for (;;) {
      const next = await this.#events?.next();
      if (!next || next.done === true) return undefined;
      this.hasEvents = true;
      if (next.value.SubscribeToShardEvent) return next.value.SubscribeToShardEvent;
    }
  }

  /** What comes of the work; undefined where `stop` aborts first. Throws a SilentSubscriptionError where nothing does. */
  #inTime<T>(work: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
    const { silenceMs, timers } = this.#times;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        stop.removeEventListener('abort', stopped);
      };
      const stopped = (): void => {
        end();
        resolve(undefined);
      };
      const cancel = timers.after(silenceMs, () => {
        end();
        reject(new SilentSubscriptionError(silenceMs));
      });
      stop.addEventListener('abort', stopped, { once: true });
      work.finally(end).then(resolve, reject);
      if (stop.aborted) stopped();
    });
  }
}
