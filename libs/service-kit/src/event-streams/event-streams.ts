import type { Readable } from 'node:stream';
import { type Timers, pause, systemTimers } from '@lethe/kernel';
import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import { TooManyStreamsError } from '../service-kit.errors.js';
import { EventStream, type StreamStart } from './event-stream.js';

export interface StreamLimits {
  /** Streams of this replica. */
  readonly total: number;
  /** Streams of one caller at this replica. */
  readonly perCaller: number;
  /** How often it is looked for news while there are streams. */
  readonly pollMs: number;
  /** A quarter of what balancers wait for a byte (`BALANCER_IDLE_SECONDS`). */
  readonly heartbeatMs: number;
  /** How long a stream may take, whatever the token says. */
  readonly longestMs: number;
}

export interface StreamSource<Start extends StreamStart> {
  /** What is looked at, for the log: "the history of orders". */
  readonly name: string;
  /** Tells all streams what is new to them. */
  readonly tellAll: (streams: readonly EventStream<Start>[]) => Promise<void>;
  readonly limits: Pick<StreamLimits, 'total' | 'perCaller' | 'pollMs'> & Partial<StreamLimits>;
}

const LIMITS = { heartbeatMs: 15_000, longestMs: 900_000 };
/** How long closing waits for clients to take what was said to them. */
const GOODBYE_MS = 1_000;

/**
 * The open streams of this replica. It knows nothing that is not in the database: one look per interval tells them all,
 * however many they are, and without streams there is none; so a client may come back to any replica. Polled, not notified:
 * `NOTIFY` makes all commits of a database take turns (https://www.postgresql.org/docs/current/sql-notify.html, async.c),
 * and everyone who writes would pay for the few who watch.
 */
export class EventStreams<Start extends StreamStart = StreamStart> implements BeforeApplicationShutdown {
  readonly #logger = new Logger('EventStreams');
  readonly #limits: StreamLimits;
  readonly #open = new Set<EventStream<Start>>();
  readonly #closing = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(
    private readonly source: StreamSource<Start>,
    private readonly timers: Timers = systemTimers,
  ) {
    this.#limits = { ...LIMITS, ...source.limits };
  }

  /** Streams that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a stream. Throws a {@link TooManyStreamsError}. */
  open(start: Start): Readable {
    const { total, perCaller, longestMs } = this.#limits;
    if (this.#closing.signal.aborted) throw new TooManyStreamsError('closing');
    if (this.#open.size >= total) throw new TooManyStreamsError('replica');
    const others = [...this.#open].filter((stream) => stream.start.caller === start.caller);
    if (others.length >= perCaller) throw new TooManyStreamsError('caller');
    const endsAt = Math.min(start.endsAt, this.timers.now() + longestMs);
    const stream = new EventStream<Start>({ ...start, endsAt }, this.timers);
    this.#open.add(stream);
    stream.body.once('close', () => this.#open.delete(stream));
    this.#watching ??= this.#watch();
    return stream.body;
  }

  /** Ends all streams, so that their clients come back to another replica; while it drains this one still serves them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closing.abort();
    const bodies = [...this.#open].map(({ body }) => body);
    const taken = bodies.map((body) => new Promise<void>((resolve) => void body.once('close', resolve)));
    for (const stream of this.#open) stream.end();
    const enough = new AbortController();
    await Promise.race([Promise.all(taken), pause(GOODBYE_MS, enough.signal, this.timers)]);
    enough.abort();
    for (const body of bodies) body.destroy();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for (let well = true; this.#open.size > 0 && !this.#closing.signal.aborted;) {
      well = await this.#look(well);
      const now = this.timers.now();
      for (const stream of this.#open) {
        if (now >= stream.start.endsAt) stream.end();
        else stream.beat(this.#limits.heartbeatMs);
      }
      await pause(this.#limits.pollMs, this.#closing.signal, this.timers);
    }
    this.#watching = undefined;
  }

  /** Whether it could be looked. Where it cannot, streams stay open and are told later. */
  async #look(well: boolean): Promise<boolean> {
    try {
      await this.source.tellAll([...this.#open]);
      return true;
    } catch (error) {
      if (well) this.#logger.warn(`${this.source.name} cannot be read, streams wait: ${String(error)}`);
      return false;
    }
  }
}
