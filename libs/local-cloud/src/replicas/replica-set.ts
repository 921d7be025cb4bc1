import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Balancer } from '../balancer/balancer.js';
import { BoundedLog } from '../bounded-log.js';
import { LocalCloudError } from '../local-cloud.errors.js';
import { Replica, type ReplicaState } from './replica.js';

/** How a service is run; times in ms. */
export interface ReplicaSetOptions {
  /** The service, as the balancer's routes name it. */
  readonly name: string;
  /** JavaScript file that a replica runs. It serves on PORT and answers `/health/ready`. */
  readonly entry: string;
  readonly count: number;
  /** The replicas' whole environment, beside PORT, INSTANCE_ID, and PATH and the like. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly logDir: string;
  readonly balancer?: Pick<Balancer, 'register' | 'deregister'>;
  /** Of the instance ids; the service's name by default. */
  readonly instancePrefix?: string;
  /** From SIGTERM to SIGKILL (stopTimeout of ECS); 30 s by default. */
  readonly drainMs?: number;
  /** From the start of a process until it must be ready; 60 s by default. */
  readonly readyTimeoutMs?: number;
  readonly onEvent?: (event: ReplicaEvent) => void;
}

/** What happens to the replicas of a service. */
export interface ReplicaEvent {
  readonly type: 'started' | 'ready' | 'died' | 'restarted' | 'start-failed' | 'stopped';
  readonly service: string;
  readonly id: string;
  readonly pid?: number;
  /** How a process ended, or why it did not start. */
  readonly reason?: string;
}

/** What a console shows of a replica. */
export interface ReplicaStatus {
  readonly id: string;
  readonly pid?: number;
  readonly port: number;
  readonly url: string;
  readonly state: ReplicaState;
  /** How often this place of the set was filled anew after an unexpected end. */
  readonly restarts: number;
}

/** A place of the set, filled by one replica after the other. */
interface Slot {
  readonly number: number;
  readonly log: BoundedLog;
  replica: Replica | undefined;
  restarts: number;
  /** Ends in a row after a short life. */
  failures: number;
  /** A successor is being started; the end of the present one then needs none. */
  replacing: boolean;
}

const RESTART_DELAYS_MS = [0, 250, 1_000, 5_000];
/** A life that counts as a success: failures before it are forgotten. */
const LONG_LIFE_MS = 10_000;
const DEFAULTS = { drainMs: 30_000, readyTimeoutMs: 60_000 };

/** Runs a number of replicas of a service and keeps them running: stands for an ECS service. */
export class ReplicaSet {
  readonly #options: ReplicaSetOptions & typeof DEFAULTS;
  readonly #slots: Slot[];
  readonly #stopping = new AbortController();
  readonly #tasks = new Set<Promise<void>>();

  constructor(options: ReplicaSetOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#slots = Array.from({ length: options.count }, (_, index) => ({
      number: index + 1,
      log: new BoundedLog(join(options.logDir, `${options.name}-${index + 1}.log`)),
      replica: undefined,
      restarts: 0,
      failures: 0,
      replacing: false,
    }));
  }

  /**
   * Starts all replicas at once and waits until all are ready and registered.
   *
   * @throws ReplicaStartError where one of them fails twice, or refuses its configuration; the others are stopped then.
   */
  async start(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#slots.map((slot) => this.#startFirst(slot)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return;
    await this.stop();
    throw failed.reason;
  }

  replicas(): ReplicaStatus[] {
    return this.#slots.flatMap(({ replica, restarts }) => {
      if (replica === undefined) return [];
      const { id, pid, port, url, state } = replica;
      return [{ id, ...(pid === undefined ? {} : { pid }), port, url, state, restarts }];
    });
  }

  /**
   * Replaces the replica in place `number` (from 1): the successor starts first, and takes over when it is ready.
   *
   * @throws ReplicaStartError where the successor fails; the present replica stays then.
   */
  async restart(number: number): Promise<void> {
    const slot = this.#slots[number - 1];
    if (slot === undefined) throw new LocalCloudError(`${this.#options.name} has no replica ${number}`);
    if (slot.replacing)
      throw new LocalCloudError(`replica ${number} of ${this.#options.name} is being replaced already`);
    const old = slot.replica;
    slot.replacing = true;
    try {
      await this.#fill(slot);
    } finally {
      slot.replacing = false;
    }
    if (old !== undefined) await this.#end(old);
  }

  /** Replaces one replica after the other, never fewer than `count` in service (minimumHealthyPercent 100 of ECS). */
  async rollingRestart(): Promise<void> {
    for (const slot of this.#slots) await this.restart(slot.number);
  }

  /** Takes all replicas out of service, lets them drain, and ends them. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#slots.flatMap(({ replica }) => (replica === undefined ? [] : [this.#end(replica)])));
    await Promise.all(this.#tasks);
    for (const { log } of this.#slots) log.close();
  }

  async #startFirst(slot: Slot): Promise<void> {
    try {
      await this.#fill(slot);
    } catch (error) {
      // Once more: between picking its port and binding it another process may have taken it.
      if (slot.replica?.refusedConfiguration === true || this.#stopping.signal.aborted) throw error;
      await this.#fill(slot);
    }
  }

  /** Starts a replica and, when it is ready and registered, puts it into the place. */
  async #fill(slot: Slot): Promise<void> {
    const { name, instancePrefix, entry, env, cwd, readyTimeoutMs, drainMs, balancer } = this.#options;
    const id = `${instancePrefix ?? name}-${slot.number}-${randomBytes(3).toString('hex')}`;
    const { log } = slot;
    const replica = await Replica.launch({ id, entry, env, cwd: cwd ?? process.cwd(), log, readyTimeoutMs, drainMs });
    if (slot.replica === undefined || slot.replica.state === 'dead') slot.replica = replica;
    this.#emit('started', replica);
    const abort = () => replica.kill('SIGKILL');
    this.#stopping.signal.addEventListener('abort', abort);
    try {
      await replica.untilReady();
    } finally {
      this.#stopping.signal.removeEventListener('abort', abort);
    }
    await balancer?.register({ service: name, id, url: replica.url });
    slot.replica = replica;
    this.#emit('ready', replica);
    this.#run(this.#watch(slot, replica));
  }

  /** Waits for the end of a replica in service, and fills its place where nobody ordered that end. */
  async #watch(slot: Slot, replica: Replica): Promise<void> {
    const since = performance.now();
    const reason = await replica.exited;
    if (slot.replica !== replica || this.#stopping.signal.aborted) return;
    this.#emit('died', replica, reason);
    const gone = this.#options.balancer?.deregister(replica.id);
    if (performance.now() - since > LONG_LIFE_MS) slot.failures = 0;
    if (!slot.replacing) await this.#refill(slot);
    await gone;
  }

  async #refill(slot: Slot): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#pause(RESTART_DELAYS_MS[Math.min(slot.failures++, RESTART_DELAYS_MS.length - 1)] ?? 0);
      if (this.#stopping.signal.aborted || slot.replacing) return;
      try {
        await this.#fill(slot);
        slot.restarts++;
        if (slot.replica !== undefined) this.#emit('restarted', slot.replica);
        return;
      } catch (error) {
        if (slot.replica !== undefined) this.#emit('start-failed', slot.replica, String(error));
      }
    }
  }

  async #end(replica: Replica): Promise<void> {
    // As in ECS both begin together: the balancer sends nothing new, the replica finishes what it has.
    const deregistered = this.#options.balancer?.deregister(replica.id);
    await replica.stop();
    await deregistered;
    this.#emit('stopped', replica);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Keeps a background task in view: `stop` waits for it, and its failure is an event, never a crash of the parent. */
  #run(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => {
        this.#options.onEvent?.({ type: 'start-failed', service: this.#options.name, id: '', reason: String(error) });
      })
      .finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  #emit(type: ReplicaEvent['type'], replica: Replica, reason?: string): void {
    const { id, pid } = replica;
    this.#options.onEvent?.({
      type,
      service: this.#options.name,
      id,
      ...(pid === undefined ? {} : { pid }),
      ...(reason === undefined ? {} : { reason }),
    });
  }
}
