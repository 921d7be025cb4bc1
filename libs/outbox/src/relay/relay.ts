import { Logger } from '@nestjs/common';
import { type Database, deleteInBatches } from '@lethe/database';
import { fullJitter, pause } from '@lethe/kernel';
import { INBOX_RETENTION_SECONDS, type ServiceDefinition } from '@lethe/topology';
import { listenForPeers } from './listen.js';
import { LAG, SWEEP_INBOX, UNPARK } from '../outbox.sql.js';
import { type BatchOutcome, RelayBatch } from './relay-batch.js';
import type { OutboxLag, Publisher, RelayOptions } from './relay.options.js';
import { Schedule } from './schedule.js';
import type { Wake } from './wake.js';

const POLL_MS = 1_000;
/**
 * A ring for which nothing is found: another relay may be about to commit what it sent of the same key, and saw no more
 * when it looked. So it is looked once again, after a commit has surely ended.
 */
const LOOK_AGAIN_MS = 25;
const TROUBLE = { base: 100, cap: 30_000 };

/**
 * Sends what lies in the outbox. Every replica runs one; they share the work row by row and keep the order of each key
 * (R16). It holds one connection of the pool while it has work, another while it has a backlog, and one of its own to hear
 * other processes.
 */
export class Relay {
  readonly #logger = new Logger('Relay');
  readonly #batch: RelayBatch;
  readonly #schedule: Schedule;
  readonly #batchSize: number;
  readonly #stopping = new AbortController();
  readonly #companions = new Set<Promise<void>>();
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly database: Database,
    publisher: Publisher,
    service: ServiceDefinition,
    private readonly bell: Wake,
    private readonly options: RelayOptions = {},
  ) {
    const definitions = new Map([...service.publishes, ...service.sends].map((it) => [it.type, it]));
    this.#batchSize = options.batchSize ?? 100;
    this.#schedule = new Schedule(database, options.pollMs ?? POLL_MS);
    this.#batch = new RelayBatch(database, publisher, definitions, {
      batchSize: this.#batchSize,
      publishTimeoutMs: options.publishTimeoutMs ?? 15_000,
      parkAfter: options.parkAfter ?? 10,
    });
  }

  /** Begins. A second call does nothing, nor does one after {@link stop}. */
  start(): void {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    this.#running ??= Promise.all([
      this.#relay(signal).then(() => Promise.all(this.#companions)),
      this.#sweep(signal),
      this.options.listen === false ? undefined : listenForPeers(this.database, this.bell, signal),
    ]);
  }

  /** Finishes the batch in flight, then ends. What is left is sent by another replica. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.bell.close();
    await this.#running;
  }

  /** Sends one batch now. Throws a `DatabaseUnavailableError`. */
  async sendBatch(): Promise<BatchOutcome> {
    const outcome = await this.#batch.run();
    for (const { id, type, error } of outcome.parked) {
      this.#logger.error(`message ${id} of type ${type} is parked until unpark(): ${error.message}`);
    }
    return outcome;
  }

  /** Puts messages of later whose time has come in line now, at most 1,000, and gives their number. */
  async enqueueDue(): Promise<number> {
    return (await this.#schedule.enqueueDue()).enqueued;
  }

  /** Throws a `DatabaseUnavailableError`. */
  async lag(): Promise<OutboxLag> {
    const [lag] = await this.database.query<OutboxLag>(LAG);
    return lag ?? { ageMs: 0, unsent: 0, parked: 0, scheduled: 0 };
  }

  /** Lets parked rows, all or those named, be tried again; gives the ids of at most 1,000 of them. */
  async unpark(ids?: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(UNPARK, [ids ?? null]);
    this.bell.ring();
    return rows.map(({ id }) => id);
  }

  /** Forgets messages older than any redelivery of them can be (R14), in bounded batches; gives their number. */
  sweepInbox(retentionSeconds: number = INBOX_RETENTION_SECONDS): Promise<number> {
    return deleteInBatches(this.database, SWEEP_INBOX, [retentionSeconds]);
  }

  async #relay(signal: AbortSignal): Promise<void> {
    let troubles = 0;
    while (!signal.aborted) {
      const rung = this.bell.begin();
      const outcome = await this.#attempt();
      if (outcome === undefined || (outcome.failed > 0 && outcome.sent === 0)) {
        // Nothing gets through: wakes must not turn an outage into a storm (R07).
        troubles += 1;
        await pause(fullJitter(troubles, TROUBLE), signal);
        continue;
      }
      troubles = 0;
      const claimed = outcome.sent + outcome.failed;
      if (claimed >= this.#batchSize) {
        this.bell.callPeers();
        this.#speedUp(signal);
      } else if (!outcome.more) {
        const delay = rung && claimed === 0 ? LOOK_AGAIN_MS : Math.min(this.#pollDelay(), this.#schedule.idleMs);
        await this.bell.wait(delay, signal);
      }
    }
  }

  /** There is more than one batch: others go on beside, so that one is claimed while another is on its way. */
  #speedUp(signal: AbortSignal): void {
    if (this.#companions.size + 1 >= (this.options.concurrency ?? 2)) return;
    const companion = this.#accompany(signal).finally(() => this.#companions.delete(companion));
    this.#companions.add(companion);
  }

  /** Sends batches for as long as there are full ones that get through. */
  async #accompany(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const outcome = await this.#attempt();
      if (outcome === undefined || outcome.failed > 0 || outcome.sent < this.#batchSize) return;
    }
  }

  async #attempt(): Promise<BatchOutcome | undefined> {
    try {
      await this.#schedule.look();
      return await this.sendBatch();
    } catch (error) {
      this.#logger.warn(`the relay could not work off its batch and will try again: ${String(error)}`);
      return undefined;
    }
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const every = this.options.sweepEveryMs ?? 600_000;
    while (!signal.aborted) {
      await pause(every / 2 + Math.random() * every, signal);
      if (signal.aborted) return;
      try {
        await this.sweepInbox();
      } catch (error) {
        this.#logger.warn(`the inbox was not swept: ${String(error)}`);
      }
    }
  }

  /** Between half the interval and all of it, so that replicas do not poll in step. */
  #pollDelay(): number {
    const poll = this.options.pollMs ?? POLL_MS;
    return poll / 2 + Math.random() * (poll / 2);
  }
}
