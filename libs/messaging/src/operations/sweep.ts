import { type Timers, systemTimers } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from '../batches.js';
import type { MessagingClients } from '../clients.js';
import type { OperatedQueue } from './operated-queue.js';
import type { Problem } from './problems.js';
import { type Selection, Tallies, type Tally, isSelected } from './selection.js';
import type { StoredMessage } from './stored-message.js';
import { Walk } from './walk.js';

/** How far a sweep has come. */
export interface SweepProgress {
  readonly scanned: number;
  readonly done: number;
}

export interface SweepOptions {
  readonly clients: MessagingClients;
  readonly selection?: Selection | undefined;
  /** Messages meant, at most. Default: all. */
  readonly limit?: number | undefined;
  /** Messages looked at, at most. Default 100,000. */
  readonly maxScanned?: number | undefined;
  /** Seconds that the end of the queue is waited for. Default 1. */
  readonly waitSeconds?: number | undefined;
  /** Ends the work after the batches that are under way. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  readonly timers?: Timers | undefined;
}

/** What came of a walk through a queue. */
export interface SweepReport {
  readonly queue: string;
  /** Messages looked at. */
  readonly scanned: number;
  /** Messages that are meant: the filters fit, and the limit was not reached. */
  readonly selected: number;
  /** Those of them for which all was done. */
  readonly done: number;
  /** The selected ones by type and reason. */
  readonly tallies: readonly Tally[];
  /** Groups of a FIFO queue of which a message was left, so that those behind it were not looked at. */
  readonly heldGroups: number;
  /** Whether the end of the queue was not reached: for the limit, the signal, or an error. */
  readonly partial: boolean;
  readonly problems: readonly Problem[];
}

/** What is done with a batch of selected messages; gives how many of them are done. */
export type Act = (messages: readonly StoredMessage[], walk: Walk) => Promise<number>;

/** Batches that are under way at once: one on a FIFO queue, for the sake of order, and where few messages are meant. */
const WORKERS = 4;
const FEW = 100;

/** Walks through a queue and acts on the messages selected; the others are given back at the end. */
export async function sweep(queue: OperatedQueue, options: SweepOptions, act: Act): Promise<SweepReport> {
  const run = new Sweep(queue, options, act);
  return run.run();
}

class Sweep {
  readonly #walk: Walk;
  readonly #tallies = new Tallies();
  readonly #leftGroups = new Set<string>();
  readonly #startedAt: number;
  readonly #handled = new Set<string>();
  #selected = 0;
  #done = 0;

  constructor(
    private readonly queue: OperatedQueue,
    private readonly options: SweepOptions,
    private readonly act: Act,
  ) {
    this.#walk = new Walk({ ...options, queue });
    this.#startedAt = (options.timers ?? systemTimers).now();
  }

  async run(): Promise<SweepReport> {
    const workers = this.queue.fifo || this.#room() <= FEW ? 1 : WORKERS;
    try {
      await Promise.all(Array.from({ length: workers }, () => this.#work()));
    } finally {
      await this.#walk.release();
    }
    return {
      queue: this.queue.name,
      scanned: this.#walk.scanned,
      selected: this.#selected,
      done: this.#done,
      tallies: this.#tallies.rows(),
      heldGroups: this.#leftGroups.size,
      partial: this.#walk.isPartial,
      problems: this.#walk.problems.list(),
    };
  }

  async #work(): Promise<void> {
    const narrow = this.options.selection === undefined || Object.values(this.options.selection).every(isAbsent);
    for (;;) {
      if (this.#room() === 0) this.#walk.end();
      // Without a filter no more are received than are meant: a receive is counted.
      const batch = await this.#walk.next(narrow ? Math.min(MAX_BATCH_ENTRIES, this.#room()) : MAX_BATCH_ENTRIES);
      if (batch === undefined) return;
      const meant = batch.filter((message) => this.#take(message));
      try {
        const done = meant.length > 0 ? await this.act(meant, this.#walk) : 0;
        this.#done += done;
      } catch (error) {
        // One batch that fails as a whole ends the work: what is left would fail as well.
        this.#walk.problems.addError('stopped', error, meant.length);
        this.#walk.end();
      }
      this.options.onProgress?.({ scanned: this.#walk.scanned, done: this.#done });
    }
  }

  /** Whether the message is meant, and is counted then. */
  #take(message: StoredMessage): boolean {
    const meant =
      this.#room() > 0 &&
      // What has come meanwhile, as a message redriven and rejected once more, waits for the next time.
      message.sentAt <= this.#startedAt &&
      (message.id === undefined || !this.#handled.has(message.id)) &&
      isSelected(message, this.options.selection ?? {}, this.#startedAt);
    if (!meant) {
      if (message.groupId !== undefined && this.queue.fifo) this.#leftGroups.add(message.groupId);
      return false;
    }
    if (message.id !== undefined) this.#handled.add(message.id);
    this.#selected += 1;
    this.#tallies.add(message);
    return true;
  }

  #room(): number {
    return (this.options.limit ?? Infinity) - this.#selected;
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined;
}
