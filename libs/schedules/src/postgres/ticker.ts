import type { Database, Tx } from '@lethe/database';
import { fullJitter, pause } from '@lethe/kernel';
import { type CommandDefinition, MessageFormatError, type ServiceDefinition } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { lastTick, nextTick, parseRecurrence } from '../recurrence.js';
import { dataAt } from '../schedule.js';
import { ScheduleDefinitionError } from '../schedules.errors.js';
import { CLAIM_DUE, IDLE, type ScheduleRow, TICKED } from './schedule.sql.js';

/** What writes a command in the transaction of its tick; `Outbox` of @lethe/outbox is one. */
export interface CommandWriter {
  add(tx: Tx, definition: CommandDefinition, data: unknown, address: { readonly key: string }): Promise<string>;
}

export interface TickerOptions {
  /** The longest that a schedule which was just set up waits for its first look. Default 10,000 ms. */
  readonly pollMs?: number;
}

const POLL_MS = 10_000;
const TROUBLE = { base: 500, cap: 30_000 };

/**
 * Fires the schedules of a service. Every replica runs one. A tick is one commit: the row moves on to its next tick, and
 * the command stands in the outbox; so of any number of replicas one fires it, and one that dies before its commit
 * leaves it to the others (R29). Only the database's clock is asked (R36). After an outage the ticks that were missed are
 * made up for by one run, that of the last of them.
 */
export class Ticker {
  readonly #logger = new Logger('Schedules');
  readonly #commands: ReadonlyMap<string, CommandDefinition>;
  readonly #pollMs: number;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly database: Pick<Database, 'query' | 'transaction'>,
    private readonly writer: CommandWriter,
    service: Pick<ServiceDefinition, 'sends'>,
    { pollMs = POLL_MS }: TickerOptions = {},
  ) {
    this.#commands = new Map(service.sends.map((command) => [command.type, command]));
    this.#pollMs = pollMs;
  }

  /** Begins. A second call does nothing, nor does one after {@link stop}. */
  start(): void {
    const { signal } = this.#stopping;
    if (!signal.aborted) this.#running ??= this.#run(signal);
  }

  /** Ends after the tick in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Fires what is due and nobody else has in hand, and gives the names. Throws a `DatabaseUnavailableError`. */
  async fire(): Promise<readonly string[]> {
    const [fired, refused]: [string[], string[]] = [[], []];
    for (;;) {
      const outcome = await this.database.transaction((tx) => this.#fireOne(tx, refused));
      if (outcome === undefined) return fired;
      (outcome.fired ? fired : refused).push(outcome.name);
    }
  }

  async #fireOne(tx: Tx, refused: readonly string[]): Promise<{ name: string; fired: boolean } | undefined> {
    const [row] = await tx.query<ScheduleRow>(CLAIM_DUE, [[...this.#commands.keys()], refused]);
    if (row === undefined) return undefined;
    try {
      await this.#tick(tx, row);
      return { name: row.name, fired: true };
    } catch (error) {
      if (!(error instanceof MessageFormatError || error instanceof ScheduleDefinitionError)) throw error;
      // Written by another version, and not as this one reads it: left to that one, and no obstacle to the rest.
      this.#logger.error(`schedule ${row.name} was not fired: ${error.message}`);
      return { name: row.name, fired: false };
    }
  }

  async #tick(tx: Tx, row: ScheduleRow): Promise<void> {
    const command = this.#commands.get(row.type);
    if (command === undefined) return;
    const every = parseRecurrence(row.expression, row.time_zone);
    const now = row.now.getTime();
    const tick = lastTick(every, row.next_at.getTime(), now);
    const next = nextTick(every, now, tick);
    await this.writer.add(tx, command, dataAt(row, tick), { key: row.key });
    await tx.query(TICKED, [row.name, next === undefined ? null : new Date(next), new Date(tick)]);
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let troubles = 0; !signal.aborted;) {
      try {
        await this.fire();
        troubles = 0;
        await pause(await this.#idleMs(), signal);
      } catch (error) {
        troubles += 1;
        this.#logger.warn(`schedules wait: ${String(error)}`);
        await pause(fullJitter(troubles, TROUBLE), signal);
      }
    }
  }

  /** Until the next tick, and some milliseconds more that differ by replica, so that not all ask at once. */
  async #idleMs(): Promise<number> {
    const [idle] = await this.database.query<{ ms: number | null }>(IDLE, [[...this.#commands.keys()]]);
    return Math.min(this.#pollMs, Math.max(0, idle?.ms ?? this.#pollMs)) + Math.random() * Math.min(100, this.#pollMs);
  }
}
