import { setMaxListeners } from 'node:events';
import { type Timers, fullJitter } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from '../batches.js';
import type { MessagingLogger } from '../logger.js';
import { POLL_BACKOFF_MS } from '../queue/backoff.js';
import type { SqsQueue } from '../queue/sqs-queue.js';
import type { Received } from './consumer.types.js';
import { PollLimit } from './poll-limit.js';

export interface PollerOptions {
  readonly queue: SqsQueue;
  readonly queueName: string;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  /** For how many more messages there is room, those promised to polls in flight not counted off. */
  readonly room: () => number;
  /** Takes the messages of one receive, perhaps none, and how long the answer took, in milliseconds. */
  readonly deliver: (messages: readonly Received[], waitedMs: number) => void;
  readonly changed: () => void;
  readonly waitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
}

/** Milliseconds that a poll waits for a full batch's worth of room. */
const ROOM_LINGER_MS = 20;
/**
 * Milliseconds that polls in flight may still answer once the poller stops. Where there is a backlog they answer within
 * a round trip; an abort at that moment would leave messages hidden with nobody to handle them.
 */
const STOP_GRACE_MS = 250;
/** An empty answer that came sooner than this was no long poll; a few of them in a row are waited out. */
const QUICK_ANSWER_MS = 100;

/** Keeps long polls in flight for as many messages as there is room for. */
export class Poller {
  readonly #receive = new AbortController();
  readonly #limit = new PollLimit();
  #status: 'new' | 'running' | 'stopped' = 'new';
  #inFlight = 0;
  #promised = 0;
  /** Answers in a row that were errors, or empty and came at once. */
  #vain = 0;
  #cancelPause: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  #ended: (() => void) | undefined;

  constructor(private readonly options: PollerOptions) {
    // Every poll in flight listens to it.
    setMaxListeners(0, this.#receive.signal);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Messages that polls in flight may bring. */
  get promised(): number {
    return this.#promised;
  }

  get limit(): number {
    return this.#limit.current;
  }

  start(): void {
    this.#status = 'running';
    this.pump();
  }

  /** Polls for what there is room for. To be called whenever there may be more. */
  pump(): void {
    while (this.#status === 'running' && !this.#cancelPause && this.#inFlight < this.#limit.current) {
      const room = this.options.room() - this.#promised;
      if (room >= MAX_BATCH_ENTRIES) this.#launch(MAX_BATCH_ENTRIES);
      else {
        // A full batch is worth a short wait, and another poll's answer is too.
        if (room > 0 && this.#inFlight === 0) this.#cancelLinger ??= this.#linger();
        return;
      }
    }
  }

  /** Ends when no poll is in flight. Messages that still arrive are delivered. */
  async stop(): Promise<void> {
    this.#status = 'stopped';
    this.#cancelPause?.();
    this.#cancelLinger?.();
    if (this.#inFlight === 0) return;
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    const cancel = this.options.timers.after(STOP_GRACE_MS, () => this.#receive.abort());
    await ended;
    cancel();
  }

  #linger(): () => void {
    return this.options.timers.after(ROOM_LINGER_MS, () => {
      this.#cancelLinger = undefined;
      const room = this.options.room() - this.#promised;
      if (this.#status === 'running' && !this.#cancelPause && this.#inFlight === 0 && room > 0) {
        this.#launch(Math.min(room, MAX_BATCH_ENTRIES));
      }
    });
  }

  #launch(wanted: number): void {
    this.#inFlight += 1;
    this.#promised += wanted;
    void this.#poll(wanted);
  }

  /** One receive. A failure is logged, and waited out. */
  async #poll(wanted: number): Promise<void> {
    const { queue, queueName, timers, logger, waitSeconds, visibilityTimeoutSeconds } = this.options;
    const { signal } = this.#receive;
    const startedAt = timers.monotonic();
    let messages: readonly Received[] | undefined;
    try {
      messages = await queue.receive(wanted, { waitSeconds, visibilityTimeoutSeconds, signal });
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error, queue: queueName }, 'the queue cannot be polled');
    }
    this.#inFlight -= 1;
    this.#promised -= wanted;
    this.#answered(wanted, messages, timers.monotonic() - startedAt);
  }

  #answered(wanted: number, messages: readonly Received[] | undefined, waitedMs: number): void {
    const before = this.#limit.current;
    this.#limit.answered(wanted, messages?.length ?? 0, this.#inFlight + 1);
    const vain = !messages || (messages.length === 0 && waitedMs < QUICK_ANSWER_MS);
    this.#vain = vain ? this.#vain + 1 : 0;
    if (vain && this.#status === 'running') this.#pause();
    if (messages) this.options.deliver(messages, waitedMs);
    if (this.#limit.current !== before) this.options.changed();
    this.pump();
    if (this.#status === 'stopped' && this.#inFlight === 0) this.#ended?.();
  }

  #pause(): void {
    const { timers } = this.options;
    this.#cancelPause?.();
    this.#cancelPause = timers.after(fullJitter(this.#vain, POLL_BACKOFF_MS, timers.random), () => {
      this.#cancelPause = undefined;
      this.pump();
    });
  }
}
