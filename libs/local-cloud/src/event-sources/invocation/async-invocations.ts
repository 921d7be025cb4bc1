import { randomUUID } from 'node:crypto';
import { pause } from '@lethe/kernel';
import { type EventSourceContext } from '../event-source-context.js';
import { type Invocation } from './invoker.js';

/** An event that waits for its function; kept until it was taken or given up. */
export interface PendingEvent {
  readonly id: string;
  readonly event: unknown;
  /** When it came, in ms. */
  readonly since: number;
  readonly retries: number;
  /** Not before this time, in ms. */
  readonly notBefore: number;
}

/** The events of a mapping that wait, as its state file keeps them. */
export interface PendingEvents {
  list(): readonly PendingEvent[];
  /** Replaces one, or takes it away. */
  put(id: string, event: PendingEvent | undefined): void;
}

/** How the function is invoked. */
export interface AsyncRules {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly maximumRetryAttempts: number;
  readonly onFailureQueue?: string;
}

/** Lambda gives an event up at this age, in ms (`MaximumEventAgeInSeconds`, its default and most). */
const MAX_AGE_MS = 6 * 3_600_000;
/** Events of one mapping that are on their way at once. */
const MAX_CONCURRENCY = 4;

/** A new event that waits. */
export function pendingEvent(event: unknown, now: number): PendingEvent {
  return { id: randomUUID(), event, since: now, retries: 0, notBefore: now };
}

/**
 * Invokes a function for events that nobody waits for, as Lambda does it ("How Lambda handles errors and retries with
 * asynchronous invocation"): two retries at most, a minute and two later; what never reached the function is tried for six
 * hours; what is given up goes to the on-failure destination.
 */
export class AsyncInvocations {
  readonly #running = new Map<string, Promise<void>>();

  constructor(
    private readonly rules: AsyncRules,
    private readonly pending: PendingEvents,
    private readonly context: EventSourceContext,
  ) {}

  /** Begins with those whose time has come. */
  start(): void {
    const now = this.context.timers.now();
    for (const event of this.pending.list()) {
      if (this.#running.size >= MAX_CONCURRENCY) return;
      if (event.notBefore > now || this.#running.has(event.id)) continue;
      const work = this.#handle(event)
        .catch((error: unknown) => this.context.onError(this.rules.name, error))
        .finally(() => this.#running.delete(event.id));
      this.#running.set(event.id, work);
    }
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #handle(pending: PendingEvent): Promise<void> {
    const { invoker, onError, pace, timers, stopping } = this.context;
    const { name, timeoutSeconds, maximumRetryAttempts } = this.rules;
    const answer = await invoker.invoke(name, pending.event, timeoutSeconds);
    if (answer.type === 'returned') return this.pending.put(pending.id, undefined);
    onError(name, answer.type === 'failed' ? answer.payload : answer.reason);
    const now = timers.now();
    if (answer.type === 'unavailable' && now - pending.since < MAX_AGE_MS) {
      await pause(pace.retryBaseMs, stopping, timers);
      return undefined;
    }
    if (answer.type === 'failed' && pending.retries < maximumRetryAttempts) {
      const wait = pace.asyncRetryMs[Math.min(pending.retries, 1)] ?? 0;
      const next = { ...pending, retries: pending.retries + 1, notBefore: now + wait };
      return this.pending.put(pending.id, next);
    }
    await this.#giveUp(pending, answer);
    return this.pending.put(pending.id, undefined);
  }

  /** Rejects where the destination did not take it; the event then waits on, and is tried once more. */
  async #giveUp({ event, retries }: PendingEvent, answer: Invocation): Promise<void> {
    const { send, timers, region, accountId } = this.context;
    const { name, onFailureQueue } = this.rules;
    if (onFailureQueue === undefined) return;
    const report = {
      version: '1.0',
      timestamp: new Date(timers.now()).toISOString(),
      requestContext: {
        requestId: randomUUID(),
        functionArn: `arn:aws:lambda:${region}:${accountId}:function:${name}:$LATEST`,
        condition: answer.type === 'failed' ? 'RetriesExhausted' : 'EventAgeExceeded',
        approximateInvokeCount: retries + 1,
      },
      requestPayload: event,
      ...(answer.type === 'failed'
        ? {
            responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
            responsePayload: answer.payload,
          }
        : {}),
    };
    await send(onFailureQueue, JSON.stringify(report));
  }
}
