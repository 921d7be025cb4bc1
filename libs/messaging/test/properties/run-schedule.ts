import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Timers, pause } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import type { MessagingClients } from '../../src/clients.js';
import type { ConsumedQueue, Received } from '../../src/consumer/consumer.types.js';
import { Reject, RetryLater } from '../../src/handler-outcome.js';
import type { HandlerResult } from '../../src/nest/handles.js';
import { AwsSimulator } from '../../src/testing/aws-simulator.js';
import type { FaultRates } from '../../src/testing/faults.js';
import type { Connection } from '../../src/testing/wire/connection.js';
import type { SimulatedEvent } from '../../src/testing/history.js';
import type { PlannedAttempt, PlannedMessage, Schedule } from './schedule.js';

export interface ConsumerSetup {
  readonly clients: MessagingClients;
  readonly timers: Timers;
  readonly queue: Required<ConsumedQueue>;
  readonly concurrency: number;
  readonly handle: (received: Received, signal: AbortSignal) => Promise<HandlerResult>;
}

/** A consumer under test. */
export interface Consuming {
  readonly start: () => Promise<void>;
  /** Drains, with so many milliseconds of grace. */
  readonly close: (graceMs: number) => Promise<void>;
}
export type MakeConsumer = (setup: ConsumerSetup) => Consuming;

/** One run of a handler. Times are on the virtual clock, in milliseconds. */
export interface Handling {
  readonly key: string;
  readonly group: string;
  readonly messageId: string;
  readonly startedAt: number;
  readonly consumer: number;
  endedAt: number;
  outcome: PlannedAttempt['outcome'] | 'running';
  /** From when on it was no longer alone, and knew: its signal was aborted, or its process was killed. */
  excusedAt: number;
}

/** What a run came to. */
export interface Report {
  readonly schedule: Schedule;
  readonly handlings: readonly Handling[];
  readonly events: readonly SimulatedEvent[];
  /** Bodies in the dead-letter queue. */
  readonly dead: ReadonlySet<string>;
  /** Bodies in the queue, when all should have been said and done. */
  readonly left: readonly string[];
}

export const VISIBILITY_SECONDS = 30;
const MAX_RECEIVES = 8;
const HOUR = 3_600_000;
const DONE: PlannedAttempt = { outcome: 'done', ms: 0, obeys: true };

/** Plays a schedule in virtual time, until its queue is empty or ten hours have gone by. */
export async function runSchedule(schedule: Schedule, make: MakeConsumer): Promise<Report> {
  const run = new Run(schedule, make);
  return run.play();
}

class Run {
  readonly #time: VirtualTime;
  readonly #simulator: AwsSimulator;
  readonly #handlings: Handling[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #name: string;
  readonly #queue: Required<ConsumedQueue>;
  #consumers = 0;

  constructor(
    private readonly schedule: Schedule,
    private readonly make: MakeConsumer,
  ) {
    const { seed, fifo } = schedule;
    this.#time = new VirtualTime({ seed });
    // An answer that takes longer than a twentieth of the visibility timeout leaves no time to tell the handler.
    const latencyMs = { min: 1, max: 40 };
    this.#simulator = new AwsSimulator({ time: this.#time, seed, latencyMs, slowMs: 700 });
    this.#name = fifo ? 'q.fifo' : 'q';
    this.#queue = {
      name: this.#name,
      url: `https://sqs.eu-central-1.amazonaws.com/000000000000/${this.#name}`,
      fifo,
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
      maxReceiveCount: MAX_RECEIVES,
      deadLetterQueue: fifo ? 'dead.fifo' : 'dead',
    };
  }

  async play(): Promise<Report> {
    const { schedule } = this;
    const time = this.#time;
    await time.run(this.#createQueues());
    this.#plan();
    const staying = this.#consumer();
    const visits = schedule.visitors.map((visitor) => this.#visit(visitor));
    const all = Promise.all([staying.start(), this.#send(), ...visits]);
    await time.run(all, 10 * HOUR);
    try {
      await time.until(() => this.#idle(), 10 * HOUR);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('VirtualTime'))) throw error;
    }
    const left = this.#simulator.messages(this.#name).map(({ body }) => body);
    await time.run(staying.close(0), HOUR);
    return {
      schedule,
      left,
      handlings: this.#handlings,
      events: this.#simulator.history.events,
      dead: new Set(this.#simulator.messages(this.#queue.deadLetterQueue).map(({ body }) => body)),
    };
  }

  /** What goes wrong, and when it ends. An outage cut short by the end of all faults is over with them. */
  #plan(): void {
    const { faults, outages, faultsForMs } = this.schedule;
    const time = this.#time;
    const simulated = this.#simulator.faults;
    const endsAt = time.monotonic() + faultsForMs;
    const set = (rates: FaultRates): void => simulated.setRates(time.monotonic() < endsAt ? rates : {});
    set(faults);
    for (const { fromMs, forMs, fault, of } of outages) {
      if (of === 'everything') {
        time.after(fromMs, () => set({ ...faults, [fault]: 1 }));
        time.after(fromMs + forMs, () => set(faults));
      } else {
        for (const operation of ['ChangeMessageVisibility', 'ChangeMessageVisibilityBatch']) {
          time.after(fromMs, () => {
            const injection = simulated.inject(fault, { operation, times: Infinity });
            time.after(forMs, () => injection.end());
          });
        }
      }
    }
    time.after(faultsForMs, () => simulated.end());
  }

  #idle(): boolean {
    return (
      this.#simulator.messages(this.#name).length === 0 && this.#handlings.every(({ endedAt }) => endedAt !== Infinity)
    );
  }

  async #createQueues(): Promise<void> {
    const { sqs } = this.#simulator.clients;
    const kind = this.schedule.fifo ? { FifoQueue: 'true' } : {};
    const { deadLetterQueue } = this.#queue;
    await sqs.send(new CreateQueueCommand({ QueueName: deadLetterQueue, Attributes: { ...kind } }));
    const deadLetterTargetArn = `arn:aws:sqs:eu-central-1:000000000000:${deadLetterQueue}`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: MAX_RECEIVES });
    await sqs.send(new CreateQueueCommand({ QueueName: this.#name, Attributes: { ...kind, RedrivePolicy } }));
  }

  /** Sends one after another, each until it is taken. */
  async #send(): Promise<void> {
    const { sqs } = this.#simulator.clients;
    for (const { key, group, afterMs } of this.schedule.messages) {
      await pause(afterMs, undefined, this.#time);
      const ids = this.schedule.fifo ? { MessageGroupId: group, MessageDeduplicationId: key } : {};
      const command = new SendMessageCommand({ QueueUrl: this.#queue.url, MessageBody: key, ...ids });
      for (let sent = false; !sent;) {
        sent = await sqs.send(command).then(
          () => true,
          () => false,
        );
        if (!sent) await pause(1_000, undefined, this.#time);
      }
    }
  }

  async #visit({ fromMs, forMs, end }: Schedule['visitors'][number]): Promise<void> {
    await pause(fromMs, undefined, this.#time);
    const connection = this.#simulator.connect();
    const killed = new AbortController();
    const consumer = this.#consumer(connection, killed.signal);
    if (end === 'close') {
      await consumer.start();
      await pause(forMs, undefined, this.#time);
      return consumer.close(5_000);
    }
    // The process may be killed while it still starts: nobody waits for that.
    void consumer.start();
    await pause(forMs, undefined, this.#time);
    connection.cut();
    killed.abort();
    return undefined;
  }

  #consumer(connection: Connection = this.#simulator.connect(), killed?: AbortSignal): Consuming {
    const consumer = (this.#consumers += 1);
    const started = { consumer, killed };
    return this.make({
      clients: connection.clients,
      timers: this.#time,
      queue: this.#queue,
      concurrency: this.schedule.concurrency,
      handle: (received, signal) => this.#handle(received, signal, started),
    });
  }

  async #handle(
    { body: key, sqsMessageId: messageId }: Received,
    signal: AbortSignal,
    { consumer, killed }: { readonly consumer: number; readonly killed: AbortSignal | undefined },
  ): Promise<HandlerResult> {
    const time = this.#time;
    const planned = this.#planned(key);
    const nth = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, nth + 1);
    const { outcome, ms, obeys } = planned.attempts[nth] ?? DONE;
    const startedAt = time.monotonic();
    const group = planned.group;
    const handling: Handling = {
      key,
      group,
      messageId,
      startedAt,
      consumer,
      endedAt: Infinity,
      outcome: 'running',
      excusedAt: Infinity,
    };
    this.#handlings.push(handling);
    const excuse = (): void => {
      handling.excusedAt = Math.min(handling.excusedAt, time.monotonic());
    };
    signal.addEventListener('abort', excuse);
    killed?.addEventListener('abort', () => {
      excuse();
      handling.endedAt = Math.min(handling.endedAt, time.monotonic());
    });
    await pause(ms, obeys ? signal : undefined, time);
    if (killed?.aborted) return new Promise(() => undefined);
    handling.endedAt = time.monotonic();
    handling.outcome = obeys && signal.aborted ? 'throw' : outcome;
    if (handling.outcome === 'throw') throw new Error(`planned: ${key}`);
    if (outcome === 'retry') return new RetryLater(nth * 7);
    return outcome === 'reject' ? new Reject('planned') : undefined;
  }

  #planned(key: string): PlannedMessage {
    const planned = this.schedule.messages.find((message) => message.key === key);
    if (!planned) throw new Error(`nobody sent ${key}`);
    return planned;
  }
}
