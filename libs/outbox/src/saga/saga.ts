import { type Clock, systemClock } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import type { Message, ServiceDefinition } from '@lethe/topology';
import { SagaMissingError, SagaStepError } from '../outbox.errors.js';
import type { Outbox } from '../outbox.js';
import type { ScheduledRow } from '../outbox.rows.js';
import type { Unit, UnitOfWork } from '../unit-of-work.js';
import type { SagaDefinition, SagaTimer, TransitionTable } from './define-saga.js';
import type { SagaRow, SagaStore } from './saga.store.js';

/** A time-out that is set: the row that schedules it, and what the saga's row says of it. */
export interface SetTimer {
  readonly row: ScheduledRow;
  readonly timer: string;
  readonly dueAt: Date;
}

/** What a message did. Every message has an answer: what was ignored says why, and had no effect. */
export type SagaAnswer<State extends string> =
  | { readonly outcome: 'moved'; readonly from: State; readonly to: State }
  /** The step ran and left the state as it was. */
  | { readonly outcome: 'stayed'; readonly state: State }
  /** `duplicate`: received before. `late`: the saga is past the states that the message is for, or has ended. */
  | { readonly outcome: 'ignored'; readonly reason: 'duplicate' }
  | { readonly outcome: 'ignored'; readonly reason: 'late'; readonly state: State };

/** One step of a saga: what a unit of work can do, and where to go from here. */
export interface SagaStep<State extends string, To extends string, S extends ServiceDefinition, Row> extends Unit<S> {
  /** The saga's row, locked. */
  readonly saga: Row;
  /** Goes there, through several states if need be, when the step is done. Throws a {@link SagaStepError}. */
  readonly become: (to: To | readonly [To, ...State[]], reason?: string) => void;
}

/** What a message does in each state that it is for. */
export type SagaSteps<State extends string, Table extends TransitionTable<State>, S extends ServiceDefinition, Row> = {
  readonly [From in State]?: (step: SagaStep<State, Table[From][number], S, Row>) => Promise<void> | void;
};

/** Seconds after which a message that came too early is tried again. */
const EARLY_SECONDS = 5;
/** How long after its time a time-out that has had no effect is taken for lost, in seconds. */
const LOST_AFTER_SECONDS = 300;

/**
 * Walks a saga (R24). Each step is one transaction of inbox, state, time-out and messages, under the lock on the saga's
 * row: a crash between any two leaves it where it was, and the message comes again. A state's time-out is set on coming
 * into it and taken back on leaving it.
 */
export class Saga<
  State extends string,
  Table extends TransitionTable<State>,
  S extends ServiceDefinition,
  Row extends SagaRow<State>,
> {
  constructor(
    readonly definition: SagaDefinition<State, Table>,
    private readonly store: SagaStore<Row>,
    private readonly units: UnitOfWork<S>,
    private readonly outbox: Outbox,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The time-out of the first state, for whoever writes the saga's first row; undefined where it has none. */
  firstTimer(id: string): SetTimer | undefined {
    return this.#timer({ id, step: 1 }, this.definition.initial, 0);
  }

  /**
   * Does the step of the saga's state, once per message. A message for states that the saga is past does nothing; one for
   * states still to come is put back (RetryLater) and finally dead-lettered, not lost. In a table with cycles name every
   * state, since there "past" and "still to come" can be the same. Throws what the step throws, a {@link SagaMissingError}.
   */
  async onMessage(
    message: Pick<Message, 'id'>,
    id: string,
    steps: SagaSteps<State, Table, S, Row>,
  ): Promise<SagaAnswer<State>> {
    const answer = await this.units.once(message, async (unit) =>
      this.advance(unit, await this.#lock(unit, id), steps),
    );
    return answer ?? { outcome: 'ignored', reason: 'duplicate' };
  }

  /**
   * As {@link onMessage} for the message of a time-out, which is late where the saga has moved since. If the step leaves
   * the state as it was, the time-out is set again.
   */
  async onTimeout(
    message: Pick<Message, 'id'>,
    { id, step }: SagaTimer,
    steps: SagaSteps<State, Table, S, Row>,
  ): Promise<SagaAnswer<State>> {
    const answer = await this.units.once(message, async (unit): Promise<SagaAnswer<State>> => {
      const row = await this.#lock(unit, id);
      if (row.step !== step) return { outcome: 'ignored', reason: 'late', state: row.state };
      return this.#settle(unit, row, await this.#walk(unit, row, steps), row.fired + 1);
    });
    return answer ?? { outcome: 'ignored', reason: 'duplicate' };
  }

  /** Does the step of a row that the caller has locked in this unit, without a message: a request of a person. */
  async advance(unit: Unit<S>, row: Row, steps: SagaSteps<State, Table, S, Row>): Promise<SagaAnswer<State>> {
    return this.#settle(unit, row, await this.#walk(unit, row, steps));
  }

  /**
   * Sends the time-outs again that should have had an effect five minutes ago: their message was lost on the way, or lies
   * in a dead-letter queue. At most `limit`, by one replica each (R29); gives their number. For a clock that ticks.
   */
  resendLost(limit = 100): Promise<number> {
    return this.units.run(async (unit) => {
      const rows = await this.store.takeOverdue(unit.tx, LOST_AFTER_SECONDS, limit);
      for (const row of rows) {
        const again = this.#timer(row, row.state, row.fired, this.clock.now());
        if (again !== undefined) unit.put(again.row);
      }
      return rows.length;
    });
  }

  async #lock(unit: Unit<S>, id: string): Promise<Row> {
    const row = await this.store.lock(unit.tx, id);
    if (row === undefined) throw new SagaMissingError(this.definition.name, id);
    return row;
  }

  /** Runs the step of the row's state. Gives the way that it takes, or undefined where there is no such step any more. */
  async #walk(unit: Unit<S>, row: Row, steps: SagaSteps<State, Table, S, Row>): Promise<Way<State> | undefined> {
    const { name, transitions, leads } = this.definition;
    const step = steps[row.state];
    if (step === undefined) {
      const meant = Object.keys(steps);
      if (!meant.some((state) => leads(state, row.state)) && meant.some((state) => leads(row.state, state))) {
        throw new RetryLater(
          EARLY_SECONDS,
          `saga ${name} is still ${row.state}, the message is for ${meant.join(' or ')}`,
        );
      }
      return undefined;
    }
    const way: Way<State> = { path: [], reason: null };
    await step({
      tx: unit.tx,
      emit: unit.emit,
      schedule: unit.schedule,
      put: unit.put,
      cancel: unit.cancel,
      drop: unit.drop,
      write: unit.write,
      saga: row,
      become: (to, reason) => {
        for (const next of typeof to === 'string' ? [to] : to) {
          const from = way.path.at(-1) ?? row.state;
          if (!transitions[from].includes(next)) throw new SagaStepError(name, from, next, transitions[from]);
          way.path.push(next);
        }
        way.reason = reason ?? way.reason;
      },
    });
    return way;
  }

  /** Writes where the step led, with the time-out that now holds. */
  async #settle(unit: Unit<S>, row: Row, way: Way<State> | undefined, fired = row.fired): Promise<SagaAnswer<State>> {
    if (way === undefined) return { outcome: 'ignored', reason: 'late', state: row.state };
    const { path, reason } = way;
    const to = path.at(-1);
    if (to === undefined && fired === row.fired) return { outcome: 'stayed', state: row.state };
    const step = row.step + path.length;
    const state = to ?? row.state;
    const times = to === undefined ? fired : 0;
    const next = this.#timer({ id: row.id, step }, state, times);
    const move = { path, step, reason, timer: next?.timer ?? null, fired: times, dueAt: next?.dueAt ?? null };
    await this.store.save(unit.tx, row, move);
    if (row.timer !== null) unit.drop(row.timer);
    if (next !== undefined) unit.put(next.row);
    return to === undefined ? { outcome: 'stayed', state } : { outcome: 'moved', from: row.state, to };
  }

  #timer({ id, step }: SagaTimer, state: State, fired: number, at?: number): SetTimer | undefined {
    const { timeouts } = this.definition;
    const spec = timeouts[state];
    if (spec === undefined) return undefined;
    const dueAt = at ?? this.clock.now() + Math.round(spec.afterSeconds(fired) * 1_000);
    const row = this.outbox.scheduledRow(spec.message, spec.data({ id, step }), { key: id, deliverAt: dueAt });
    return { row, timer: row[0], dueAt: row[5] };
  }
}

interface Way<State> {
  readonly path: State[];
  reason: string | null;
}
