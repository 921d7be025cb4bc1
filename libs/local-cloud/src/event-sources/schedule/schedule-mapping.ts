import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pause } from '@lethe/kernel';
import { type EventSourceContext } from '../event-source-context.js';
import { AsyncInvocations, type PendingEvent, pendingEvent } from '../invocation/async-invocations.js';
import type { ScheduleSource } from '@lethe/topology';
import { type EventSourceMapping } from '../mapping.js';
import { StateFile } from '../state-file.js';
import { type NextTick, nextTickOf } from './schedule-expression.js';

interface ScheduleState {
  /** The last tick, in ms; at first when the schedule was made. */
  readonly last: number;
  readonly pending: readonly PendingEvent[];
}

/**
 * A time table and its function. Ticks that went by while nothing ran are one, at once. A tick and the fact that it has
 * passed are kept in one write, so none is lost or told twice by a death; only its invocation may be repeated.
 */
export class ScheduleMapping {
  readonly #file: StateFile<ScheduleState>;
  readonly #next: NextTick;
  readonly #invocations: AsyncInvocations;

  /** Throws an EventSourceError for an expression that is none. */
  constructor(
    private readonly mapping: EventSourceMapping<ScheduleSource>,
    private readonly context: EventSourceContext,
  ) {
    const { name, timeoutSeconds, source } = mapping;
    this.#next = nextTickOf(source.expression);
    this.#file = new StateFile<ScheduleState>(join(context.stateDir, `${name}.json`), {
      last: context.timers.now(),
      pending: [],
    });
    this.#invocations = new AsyncInvocations(
      { name, timeoutSeconds, maximumRetryAttempts: source.maximumRetryAttempts },
      { list: () => this.#file.state.pending, put: (id, event) => this.#put(id, event) },
      context,
    );
  }

  /** Works until `stopping`, and until what was begun has ended. */
  async run(): Promise<void> {
    const { stopping, pace, timers } = this.context;
    // So that the first tick is counted from now, and not from the next start.
    this.#file.write(this.#file.state);
    while (!stopping.aborted) {
      this.#tick();
      this.#invocations.start();
      await pause(pace.pollMs, stopping, timers);
    }
    await this.#invocations.settle();
  }

  #tick(): void {
    const now = this.context.timers.now();
    const { last, pending } = this.#file.state;
    const due = this.#next(last);
    if (due === undefined || due > now) return;
    let latest = due;
    for (let next = this.#next(latest); next !== undefined && next <= now; next = this.#next(latest)) latest = next;
    this.#file.write({ last: latest, pending: [...pending, pendingEvent(this.#event(latest), now)] });
  }

  /** As EventBridge has it. */
  #event(at: number) {
    const { region, accountId } = this.context;
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: accountId,
      time: new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      region,
      resources: [`arn:aws:events:${region}:${accountId}:rule/${this.mapping.name}`],
      detail: {},
    };
  }

  #put(id: string, event: PendingEvent | undefined): void {
    const { last, pending } = this.#file.state;
    this.#file.write({ last, pending: pending.flatMap((other) => (other.id === id ? (event ?? []) : other)) });
  }
}
