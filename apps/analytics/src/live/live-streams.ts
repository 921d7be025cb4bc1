import type { Readable } from 'node:stream';
import { type Timers, pause, systemTimers } from '@lethe/kernel';
import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import { TooManyLiveStreamsError } from '../analytics.errors.js';
import { type LiveStart, LiveStream } from './live-stream.js';

/** What is told, as JSON, and a number that rises when there is something new. */
export interface Present {
  readonly version: number;
  readonly data: string;
}

export interface LiveLimits {
  /** Streams of this replica. */
  readonly total: number;
  /** Streams of one caller at this replica. */
  readonly perCaller: number;
  /** How often the present is looked at while there are streams. */
  readonly pollMs: number;
  readonly heartbeatMs: number;
  readonly longestMs: number;
}

const LIMITS: LiveLimits = { total: 500, perCaller: 10, pollMs: 1_000, heartbeatMs: 15_000, longestMs: 900_000 };

/**
 * The live streams of this replica. It holds nothing that is not in the database: one look a second tells them all, however
 * many they are, and without streams there is none; so a client may come back to any replica.
 */
export class LiveStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger('LiveStreams');
  readonly #limits: LiveLimits;
  readonly #open = new Set<LiveStream>();
  readonly #closing = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(
    private readonly look: () => Promise<Present>,
    limits: Partial<LiveLimits> = {},
    private readonly timers: Timers = systemTimers,
  ) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Streams that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a stream. Throws a {@link TooManyLiveStreamsError}. */
  open(start: LiveStart): Readable {
    const { total, perCaller, longestMs } = this.#limits;
    if (this.#closing.signal.aborted) throw new TooManyLiveStreamsError('closing');
    if (this.#open.size >= total) throw new TooManyLiveStreamsError('replica');
    const others = [...this.#open].filter((stream) => stream.start.caller === start.caller);
    if (others.length >= perCaller) throw new TooManyLiveStreamsError('caller');
    const now = this.timers.now();
    const stream = new LiveStream({ ...start, endsAt: Math.min(start.endsAt, now + longestMs) }, now);
    this.#open.add(stream);
    stream.body.once('close', () => this.#open.delete(stream));
    this.#watching ??= this.#watch();
    return stream.body;
  }

  /** Ends all streams, so that their clients come back to another replica. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closing.abort();
    const closed = [...this.#open].map(({ body }) => new Promise<void>((resolve) => void body.once('close', resolve)));
    for (const stream of this.#open) stream.end();
    const enough = new AbortController();
    await Promise.race([Promise.all(closed), pause(1_000, enough.signal, this.timers)]);
    enough.abort();
    for (const { body } of this.#open) body.destroy();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for (let well = true; this.#open.size > 0 && !this.#closing.signal.aborted;) {
      well = await this.#tellAll(well);
      const now = this.timers.now();
      for (const stream of this.#open) {
        if (now >= stream.start.endsAt) stream.end();
        else stream.beat(this.#limits.heartbeatMs, now);
      }
      await pause(this.#limits.pollMs, this.#closing.signal, this.timers);
    }
    this.#watching = undefined;
  }

  /** Whether the present could be read. Where it cannot, streams stay open and are told later. */
  async #tellAll(well: boolean): Promise<boolean> {
    try {
      const { version, data } = await this.look();
      for (const stream of this.#open) stream.tell(version, data, this.timers.now());
      return true;
    } catch (error) {
      if (well) this.#logger.warn(`the present cannot be read, live streams wait: ${String(error)}`);
      return false;
    }
  }
}
