import type { Timers } from '@lethe/kernel';
import { sqsError } from '../wire/aws-errors.js';
import type { Faults } from '../faults.js';
import type { History } from '../history.js';
import { orderedMessages, visibleMessages } from './availability.js';
import { Deduplication } from './deduplication.js';
import { LongPolls, type ReceiveRequest } from './long-polls.js';
import type { QueueSettings } from './queue-settings.js';
import type { Delivery, Draft, StoredMessage } from './stored-message.js';

/** What a queue needs of the world around it. */
export interface QueueWorld {
  readonly time: Timers;
  readonly faults: Faults;
  readonly history: History;
  readonly nextId: () => string;
  readonly queueByArn: (arn: string) => SimulatedQueue | undefined;
}

/** Seconds, from the receive on, beyond which no visibility timeout reaches. Source: ChangeMessageVisibility. */
export const MAX_VISIBILITY_SECONDS = 43_200;
const HANDLE = /^sim:(\d+):(\d+)$/;

/** One queue of the simulated SQS, standard or FIFO. Operations are instantaneous; the network is not its business. */
export class SimulatedQueue {
  readonly #messages = new Map<number, StoredMessage>();
  readonly #polls: LongPolls<Delivery>;
  readonly #deduplication: Deduplication;
  #sequence = 0;

  constructor(
    readonly name: string,
    readonly settings: QueueSettings,
    private readonly world: QueueWorld,
  ) {
    const { time } = world;
    this.#polls = new LongPolls({
      time,
      take: (request) => this.#take(request.max, request.visibilitySeconds),
      nextAt: () => this.#nextVisibleAt(),
    });
    this.#deduplication = new Deduplication(time);
  }

  /** Every message there is, in order of arrival. */
  get messages(): readonly Readonly<StoredMessage>[] {
    this.#expire();
    return [...this.#messages.values()];
  }

  isHidden(message: Readonly<StoredMessage>): boolean {
    return message.visibleAt > this.world.time.monotonic();
  }

  /** Takes a message in. Gives its id: that of the first one, where FIFO deduplication knows it already. */
  send(draft: Draft): { readonly id: string; readonly sequence: number } {
    const { history, nextId, time } = this.world;
    const key = this.settings.deduplicationKey(draft);
    const known = key === undefined ? undefined : this.#deduplication.find(key);
    if (known) {
      history.add({ what: 'deduplicated', resource: this.name, messageId: known.id });
      return known;
    }
    const { delaySeconds = this.settings.delaySeconds, ...rest } = draft;
    const message = this.#add({
      ...rest,
      id: nextId(),
      sentAt: time.now(),
      visibleAt: time.monotonic() + delaySeconds * 1_000,
      receives: 0,
      firstReceivedAt: undefined,
    });
    const sent = { id: message.id, sequence: message.sequence };
    if (key !== undefined) this.#deduplication.remember(key, sent);
    history.add({ what: 'sent', resource: this.name, messageId: message.id, body: draft.body });
    this.#polls.wake();
    return sent;
  }

  /** Hands messages out, at once or as soon as there is one. Rejects once the signal is aborted. */
  receive(request: ReceiveRequest): Promise<readonly Delivery[]> {
    const waitSeconds = request.waitSeconds ?? this.settings.waitSeconds;
    return this.#polls.poll(request, waitSeconds * 1_000, request.signal);
  }

  /**
   * Deletes a message. Without effect, and without an error, where the handle is not the message's most recent, on a
   * standard queue (DeleteMessage); a FIFO queue refuses a handle whose visibility timeout is over.
   */
  delete(handle: string, operation: string, entry?: number): void {
    const { history, faults, time } = this.world;
    const message = this.#find(handle);
    if (!message) return;
    const { id } = message;
    const lost = !this.settings.fifo && faults.strikes('staleDelete', operation, this.name, entry);
    if (lost) history.add({ what: 'fault', resource: this.name, detail: `staleDelete ${operation}` });
    if (lost || message.handle !== handle || (this.settings.fifo && message.visibleAt <= time.monotonic())) {
      history.add({ what: 'stale-delete', resource: this.name, messageId: id });
      if (this.settings.fifo) throw sqsError('ReceiptHandleIsInvalid', 'The receipt handle has expired');
      return;
    }
    this.#messages.delete(message.sequence);
    history.add({ what: 'deleted', resource: this.name, messageId: id });
    this.#polls.wake();
  }

  /**
   * Hides a message for so many seconds from now. Where the timeout is over already, a standard queue says yes and does
   * nothing (localstack#9632, checked against AWS), and a FIFO queue refuses.
   */
  changeVisibility(handle: string, seconds: number): void {
    const { history, time } = this.world;
    if (!(seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS))
      throw sqsError('InvalidParameterValue', `Value ${seconds} for parameter VisibilityTimeout is invalid.`);
    const message = this.#find(handle);
    if (!message)
      throw sqsError(
        'InvalidParameterValue',
        'Message does not exist or is not available for visibility timeout change.',
      );
    const now = time.monotonic();
    if (message.handle !== handle || message.visibleAt <= now) {
      history.add({ what: 'stale-visibility', resource: this.name, messageId: message.id, count: seconds });
      if (this.settings.fifo) throw sqsError('ReceiptHandleIsInvalid', 'The receipt handle has expired');
      return;
    }
    if (now + seconds * 1_000 > message.receivedAt + MAX_VISIBILITY_SECONDS * 1_000)
      throw sqsError(
        'InvalidParameterValue',
        'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
      );
    message.visibleAt = now + seconds * 1_000;
    message.returned = seconds !== message.receivedFor;
    history.add({ what: 'visibility', resource: this.name, messageId: message.id, count: seconds });
    this.#polls.wake();
  }

  purge(): void {
    this.#messages.clear();
  }

  /** Ends every poll, empty-handed. */
  close(): void {
    this.#polls.close();
  }

  #add(message: Omit<StoredMessage, 'sequence' | 'handle' | 'receivedAt' | 'receivedFor' | 'returned'>): StoredMessage {
    this.#sequence += 1;
    const stored = {
      ...message,
      sequence: this.#sequence,
      handle: undefined,
      receivedAt: 0,
      receivedFor: 0,
      returned: false,
    };
    this.#messages.set(stored.sequence, stored);
    return stored;
  }

  #take(max: number, visibilitySeconds = this.settings.visibilitySeconds): Delivery[] {
    this.#expire();
    const { time, faults } = this.world;
    const now = time.monotonic();
    const available = (this.settings.fifo ? orderedMessages : visibleMessages)(this.#messages.values(), now);
    if (available.length > 1 && !this.settings.fifo && faults.strikes('reorder', 'ReceiveMessage', this.name))
      shuffle(available, faults.random);
    const taken: Delivery[] = [];
    for (const message of available) {
      if (taken.length === max) break;
      if (!this.#deadLetter(message)) taken.push(this.#handOut(message, visibilitySeconds));
    }
    return taken;
  }

  #handOut(message: StoredMessage, seconds: number): Delivery {
    const { time, faults, history } = this.world;
    const duplicate = !this.settings.fifo && faults.strikes('duplicate', 'ReceiveMessage', this.name);
    message.receives += 1;
    message.firstReceivedAt ??= time.now();
    message.receivedAt = time.monotonic();
    message.receivedFor = seconds;
    message.returned = false;
    if (!duplicate) message.visibleAt = message.receivedAt + seconds * 1_000;
    const handle = `sim:${message.sequence}:${message.receives}`;
    message.handle = handle;
    history.add({
      what: 'received',
      resource: this.name,
      messageId: message.id,
      count: message.receives,
      ...(duplicate && { detail: 'duplicate' }),
    });
    return { ...message, handle };
  }

  /** Moves a message that was received often enough. Its id and age go along, and its receives (RedrivePolicy). */
  #deadLetter(message: StoredMessage): boolean {
    const { maxReceiveCount, deadLetterArn } = this.settings.redrive;
    const target = deadLetterArn === undefined ? undefined : this.world.queueByArn(deadLetterArn);
    if (!target || message.receives < maxReceiveCount) return false;
    this.#messages.delete(message.sequence);
    target.#add({ ...message, visibleAt: this.world.time.monotonic() });
    this.world.history.add({ what: 'dead-lettered', resource: this.name, messageId: message.id });
    target.#polls.wake();
    return true;
  }

  #expire(): void {
    const { time, history } = this.world;
    const oldest = time.now() - this.settings.retentionSeconds * 1_000;
    for (const { sentAt, sequence, id } of this.#messages.values()) {
      if (sentAt >= oldest) continue;
      this.#messages.delete(sequence);
      history.add({ what: 'expired', resource: this.name, messageId: id });
    }
  }

  #nextVisibleAt(): number {
    const now = this.world.time.monotonic();
    return [...this.#messages.values()].reduce(
      (next, { visibleAt }) => (visibleAt > now ? Math.min(next, visibleAt) : next),
      Infinity,
    );
  }

  /** The message of a handle, whether or not that is its most recent. Undefined where it was deleted. */
  #find(handle: string): StoredMessage | undefined {
    const [, sequence, receives] = HANDLE.exec(handle) ?? [];
    if (sequence === undefined || receives === undefined)
      throw sqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
    return this.#messages.get(Number(sequence));
  }
}

function shuffle<T>(items: T[], random: () => number): void {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [one, two] = [items[at] as T, items[other] as T];
    items[at] = two;
    items[other] = one;
  }
}
