import { type Timers, fullJitter, pause } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from '../batches.js';
import type { MessagingClients } from '../clients.js';
import type { Destination } from '../destinations.js';
import { ClaimCheckError, MessageTooLargeError, PublishError } from '../messaging.errors.js';
import type { Semaphore } from '../semaphore.js';
import { startSend } from '../telemetry/send.js';
import type { ClaimCheck } from './claim-check.js';
import { FifoLine, type Line, StandardLine } from './lines.js';
import type { Outgoing } from './outgoing.js';
import { requestBatch } from './requests.js';
import type { SizeLimit } from './size-limit.js';

/** What the lanes of one publisher have in common. */
export interface LaneContext {
  readonly clients: MessagingClients;
  readonly permits: Semaphore;
  readonly claimCheck: ClaimCheck | undefined;
  readonly timers: Timers;
  /** The longest that an entry waits for company, in milliseconds. */
  readonly lingerMs: number;
  /** Requests in which an entry goes out at most. */
  readonly attempts: number;
  /** The number of the call that was made last. */
  readonly issued: () => number;
}

/** Source: SendMessageBatch. A batch to a topic has the limit of one message. */
const MAX_QUEUE_BATCH_BYTES = 1_048_576;
/** Groups that are remembered to have lost an entry. */
const MAX_BROKEN = 10_000;
/** Milliseconds. Refusals of single entries are rare and pass quickly. */
const RETRY = { base: 50, cap: 1_000 };

/**
 * The way to one destination. What comes at the same time leaves together: ten at once, or what there is when the
 * linger is over. On an idle lane nobody waits once there are as many as in the batch before: a lone sender never does.
 */
export class Lane {
  readonly #line: Line;
  readonly #context: LaneContext;
  /** Requests that were asked for and have not taken their batch, and those that have. */
  #asked = 0;
  #running = 0;
  #lastBatch = 0;
  #maxBatchBytes = MAX_QUEUE_BATCH_BYTES;
  #cancelLinger: (() => void) | undefined;
  #leaving = false;
  /** FIFO groups that lost an entry, with the number of the last call made by then: those calls come too late. */
  readonly #broken = new Map<string, number>();

  constructor(
    readonly destination: Destination,
    context: LaneContext,
    private readonly address: () => Promise<string>,
    private readonly limit: SizeLimit,
  ) {
    this.#context = context;
    this.#line = destination.fifo ? new FifoLine() : new StandardLine();
  }

  offer(item: Outgoing): void {
    if (this.#comesLate(item)) return item.settle(this.#overtaking(item));
    this.#line.push(item);
    this.#wake();
  }

  /** Lets what waits leave now. */
  flush(): void {
    const { ready, bytes } = this.#line;
    if (ready > 0) this.#ask(Math.ceil(Math.max(ready / MAX_BATCH_ENTRIES, bytes / this.#maxBatchBytes)));
  }

  #wake(): void {
    const { ready, bytes } = this.#line;
    if (ready === 0) return;
    const full = Math.max(ready / MAX_BATCH_ENTRIES, bytes / this.#maxBatchBytes);
    if (full >= 1) this.#ask(Math.floor(full));
    else if (this.#asked === 0 && this.#running === 0 && ready >= this.#lastBatch) this.#leave();
    else this.#cancelLinger ??= this.#context.timers.after(this.#context.lingerMs, () => this.flush());
  }

  /** Leaves in a moment, together with what is issued in the same turn. */
  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    queueMicrotask(() => {
      this.#leaving = false;
      this.flush();
    });
  }

  /** Sees to it that so many requests are about to begin. Each takes its batch when its turn comes. */
  #ask(requests: number): void {
    for (let more = requests - this.#asked; more > 0; more -= 1) {
      this.#asked += 1;
      void this.#context.permits.run(() => this.#run());
    }
  }

  /** Never rejects: what goes wrong is told to the entries. */
  async #run(): Promise<void> {
    this.#running += 1;
    let batch: readonly Outgoing[] = [];
    try {
      const address = await this.#open();
      batch = this.#take();
      if (batch.length > 0) await this.#send(address, batch);
    } catch (cause) {
      for (const item of batch) this.#fail(item, asPublishError(this.destination, cause));
    } finally {
      this.#running -= 1;
      this.#lastBatch = batch.length;
      // Those behind the entries of a FIFO group have waited long enough.
      if (this.destination.fifo && this.#line.ready > 0) this.#leave();
      else this.#wake();
    }
  }

  /** Where the destination cannot be used, all that waits for it fails. */
  async #open(): Promise<string> {
    try {
      const address = await this.address();
      const limit = await this.limit.get();
      if (this.destination.kind === 'topic') this.#maxBatchBytes = limit;
      return address;
    } catch (cause) {
      this.#asked -= 1;
      const error = asPublishError(this.destination, cause);
      while (this.#line.ready > 0) for (const item of this.#line.take(Infinity)) this.#fail(item, error);
      throw cause;
    }
  }

  /** The next batch. Entries that are too large go another way. */
  #take(): readonly Outgoing[] {
    this.#asked -= 1;
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    const taken = this.#line.take(this.#maxBatchBytes);
    this.#wake();
    const limit = this.limit.known;
    const large = taken.filter(({ bytes }) => bytes > limit);
    for (const item of large) void this.#shrink(item);
    return large.length === 0 ? taken : taken.filter((item) => !large.includes(item));
  }

  async #send(address: string, batch: readonly Outgoing[]): Promise<void> {
    const { clients, timers, attempts } = this.#context;
    const operation = startSend(
      this.destination,
      batch.map(({ entry }) => entry),
      timers,
    );
    let refusals: Map<number, PublishError>;
    try {
      refusals = await operation.run(() => requestBatch(clients, this.destination, address, batch));
    } catch (error) {
      operation.end({ error });
      throw error;
    }
    operation.end({ refused: refusals.size });
    const again: Outgoing[] = [];
    for (const [index, item] of batch.entries()) {
      const error = refusals.get(index);
      item.attempts += 1;
      if (!error) this.#end(item);
      else if (error.senderFault || item.attempts >= attempts) this.#fail(item, error);
      else again.push(item);
    }
    if (again.length > 0) void this.#retry(again);
  }

  /** Only what failed, after a pause with full jitter (R06). */
  async #retry(items: readonly Outgoing[]): Promise<void> {
    const { timers } = this.#context;
    const attempt = Math.max(...items.map(({ attempts }) => attempts));
    await pause(
      fullJitter(attempt, RETRY, () => timers.random()),
      undefined,
      timers,
    );
    this.#line.giveBack(items);
    this.#wake();
  }

  /** Lets an entry that is too large go by reference, or tells that it is too large. */
  async #shrink(item: Outgoing): Promise<void> {
    try {
      const limit = await this.limit.doubt();
      if (item.bytes > limit) {
        if (!this.#context.claimCheck || item.checked)
          throw new MessageTooLargeError(this.destination.name, item.bytes, limit);
        item.check(await this.#context.claimCheck.store(item.id, item.body));
      }
      this.#line.giveBack([item]);
    } catch (cause) {
      this.#fail(item, asPublishError(this.destination, cause));
    }
    this.#wake();
  }

  #end(item: Outgoing, error?: PublishError): void {
    this.#line.settled(item);
    item.settle(error);
  }

  /**
   * Where an entry of a FIFO group is given up and might yet be sent again, those behind it must not go before it: they
   * fail with it. One that AWS will never take stands in nobody's way.
   */
  #fail(item: Outgoing, error: PublishError): void {
    const followers = error.senderFault ? [] : this.#line.followers(item);
    if (!error.senderFault && this.destination.fifo) this.#remember(item.group ?? '');
    this.#end(item, error);
    for (const follower of followers) follower.settle(this.#overtaking(follower, error));
  }

  #remember(group: string): void {
    this.#broken.delete(group);
    this.#broken.set(group, this.#context.issued());
    const [oldest] = this.#broken.keys();
    if (oldest !== undefined && this.#broken.size > MAX_BROKEN) this.#broken.delete(oldest);
  }

  #comesLate({ group = '', issued }: Outgoing): boolean {
    const last = this.#broken.get(group);
    if (last === undefined) return false;
    if (issued > last) this.#broken.delete(group);
    return issued <= last;
  }

  #overtaking({ group }: Outgoing, cause?: PublishError): PublishError {
    const detail = `a message of group ${group ?? ''} that is to arrive before it failed`;
    return new PublishError(this.destination.name, 'EarlierMessageFailed', detail, false, { cause });
  }
}

function asPublishError({ name: destination }: Destination, cause: unknown): PublishError {
  if (cause instanceof PublishError) return cause;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  return new PublishError(destination, name, message, cause instanceof ClaimCheckError, { cause });
}
