import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { checkReady } from '../balancer/target.js';
import { type BoundedLog } from '../bounded-log.js';
import { ReplicaStartError } from '../local-cloud.errors.js';
import { pickPort } from '../ports.js';

/** What one replica is started with. */
export interface ReplicaOptions {
  readonly id: string;
  /** JavaScript file that it runs. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: BoundedLog;
  readonly readyTimeoutMs: number;
  readonly drainMs: number;
}

/** `stopping` from the order to stop on; `dead` once its process has ended. */
export type ReplicaState = 'starting' | 'ready' | 'stopping' | 'dead';

/** EX_CONFIG of sysexits.h: the service refuses its configuration, so that another attempt is of no use. */
const EXIT_CONFIG = 78;
/** From the scheduler's death to the end of a replica that does not drain. */
const ORPHAN_GRACE_MS = 5_000;
const READY_POLL_MS = 50;
const READY_CHECK_TIMEOUT_MS = 2_000;

// What a process needs to run at all. Everything else is declared, as in a container: no AWS_PROFILE, no DATABASE_URL of
// the developer's own shell reaches a replica.
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ'];

// From src (tests) and from dist alike: child processes run compiled code.
const GUARD = new URL('../../dist/replicas/orphan-guard.js', import.meta.url).href;

function inheritedEnv(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** One process of a service, from its start to its end. */
export class Replica {
  #state: ReplicaState = 'starting';
  /** Settles when the process has ended; says how. */
  readonly exited: Promise<string>;

  private constructor(
    readonly id: string,
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly options: ReplicaOptions,
  ) {
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.#state = 'dead';
        resolve(how);
      };
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      child.once('error', (error) => end(error.message));
    });
  }

  /** Starts the process on a free port; it is not ready yet. */
  static async launch(options: ReplicaOptions): Promise<Replica> {
    const port = await pickPort();
    const child = options.log.attach((log) =>
      spawn(
        process.execPath,
        [
          '--enable-source-maps',
          `--import=${GUARD}?graceMs=${Math.min(options.drainMs, ORPHAN_GRACE_MS)}`,
          options.entry,
        ],
        {
          cwd: options.cwd,
          // A session of its own: Ctrl-C in the terminal reaches the scheduler alone, which drains.
          detached: true,
          stdio: ['ignore', log, log, 'ipc'],
          env: { ...inheritedEnv(), ...options.env, PORT: String(port), INSTANCE_ID: options.id },
        },
      ),
    );
    return new Replica(options.id, port, child, options);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get state(): ReplicaState {
    return this.#state;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Whether the process ended because its configuration is wrong. */
  get refusedConfiguration(): boolean {
    return this.child.exitCode === EXIT_CONFIG;
  }

  /**
   * Waits until `/health/ready` answers 200.
   *
   * @throws ReplicaStartError where the process ends first, or the time is over; it is killed then.
   */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + this.options.readyTimeoutMs;
    while (this.#state === 'starting') {
      if ((await checkReady(this.url, READY_CHECK_TIMEOUT_MS)) === 'ready') {
        if (this.#state === 'starting') this.#state = 'ready';
        return;
      }
      if (performance.now() > deadline) {
        this.kill('SIGKILL');
        throw new ReplicaStartError(this.id, 'not ready in time', this.options.log.file);
      }
      await Promise.race([delay(READY_POLL_MS), this.exited]);
    }
    if (this.#state === 'dead') throw new ReplicaStartError(this.id, await this.exited, this.options.log.file);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** SIGTERM, then SIGKILL after the drain time; settles when the process has ended. */
  async stop(): Promise<void> {
    if (this.#state !== 'dead') this.#state = 'stopping';
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.options.drainMs);
    await this.exited;
    clearTimeout(timer);
  }
}
