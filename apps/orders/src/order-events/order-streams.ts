import type { Readable } from 'node:stream';
import type { Querier } from '@lethe/database';
import { type Timers, pause, systemTimers } from '@lethe/kernel';
import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import { TooManyStreamsError } from '../orders.errors.js';
import { NEW_EVENTS, type NewEventRow } from './order-events.sql.js';
import { OrderStream, type StreamStart } from './order-stream.js';

export interface StreamLimits {
  /** Streams of this replica. */
  readonly total: number;
  /** Streams of one caller at this replica. */
  readonly perCaller: number;
  /** How often the history is looked at while there are streams. */
  readonly pollMs: number;
  /** A quarter of what balancers wait for a byte (`BALANCER_IDLE_SECONDS`). */
  readonly heartbeatMs: number;
  /** How long a stream may take, whatever the token says. */
  readonly longestMs: number;
}

const LIMITS: StreamLimits = {
  total: 1_000,
  perCaller: 20,
  pollMs: 500,
  heartbeatMs: 15_000,
  longestMs: 900_000,
};
/** How long closing waits for clients to take what was said to them. */
const GOODBYE_MS = 1_000;

/**
 * The open streams of this replica. It knows nothing that is not in the history: one statement per half second, however
 * many streams there are, tells them all what is new, and without streams none. Polled, not notified: `NOTIFY` makes all
 * commits of a database take turns (https://www.postgresql.org/docs/current/sql-notify.html, async.c), and every order
 * that is placed would pay for the few that are watched.
 */
export class OrderStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger('OrderStreams');
  readonly #limits: StreamLimits;
  readonly #open = new Set<OrderStream>();
  readonly #closing = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(
    private readonly querier: Querier,
    limits: Partial<StreamLimits> = {},
    private readonly timers: Timers = systemTimers,
  ) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Streams that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a stream. Throws a {@link TooManyStreamsError}. */
  open(start: StreamStart): Readable {
    const { total, perCaller, longestMs } = this.#limits;
    if (this.#closing.signal.aborted) throw new TooManyStreamsError('closing');
    if (this.#open.size >= total) throw new TooManyStreamsError('replica');
    const others = [...this.#open].filter((stream) => stream.start.caller === start.caller);
    if (others.length >= perCaller) throw new TooManyStreamsError('caller');
    const now = this.timers.now();
    const stream = new OrderStream({ ...start, endsAt: Math.min(start.endsAt, now + longestMs) }, now);
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
        else stream.beat(this.#limits.heartbeatMs, now);
      }
      await pause(this.#limits.pollMs, this.#closing.signal, this.timers);
    }
    this.#watching = undefined;
  }

  /** Whether the history could be read. Where it cannot, streams stay open and are told later. */
  async #look(well: boolean): Promise<boolean> {
    const streams = [...this.#open];
    const orders = streams.map(({ start }) => start.orderId);
    const seen = streams.map(({ after }) => after);
    try {
      const rows = await this.querier.query<NewEventRow>(NEW_EVENTS, [orders, seen]);
      for (const { stream, version, event } of rows) streams[stream - 1]?.tell(version, event, this.timers.now());
      for (const stream of streams) stream.endAtRest();
      return true;
    } catch (error) {
      if (well) this.#logger.warn(`the history of orders cannot be read, streams wait: ${String(error)}`);
      return false;
    }
  }
}
