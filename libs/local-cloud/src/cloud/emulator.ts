import { join } from 'node:path';
import { type EmulatorOptions } from '../emulators/emulator-options.js';
import { EmulatorStartError } from '../local-cloud.errors.js';
import { isPortFree, pickPort } from '../ports.js';
import { BoundedLog } from '../bounded-log.js';
import { type CloudEvent } from './cloud-event.js';
import { endLeftover, startEmulatorProcess, type EmulatorProcess } from './emulator-process.js';

/** How often another port is tried when the picked one was taken in the meantime. */
const PORT_ATTEMPTS = 5;
const RESTART_DELAYS_MS = [0, 200, 1_000, 5_000];
const STOP_GRACE_MS = 30_000;

/** An embedded server that is started again, on its port and data, when its process dies. */
export class Emulator {
  #process: EmulatorProcess | undefined;
  #stopping = false;
  #supervision: Promise<void> | undefined;

  private constructor(
    private readonly options: EmulatorOptions,
    private readonly log: BoundedLog,
    private readonly onEvent: (event: CloudEvent) => void,
  ) {}

  /**
   * Starts it on the wished port, or on another where that is still taken after `portPatienceMs`.
   *
   * @throws EmulatorStartError
   */
  static async start(
    wished: Omit<EmulatorOptions, 'port'> & { readonly port?: number | undefined },
    portPatienceMs: number,
    logDir: string,
    onEvent: (event: CloudEvent) => void,
  ): Promise<Emulator> {
    const log = new BoundedLog(join(logDir, `${wished.kind}.log`));
    log.startAnew();
    if (await endLeftover(wished)) onEvent({ type: 'leftover-ended', service: wished.kind });
    for (let attempt = 1; ; attempt++) {
      const port = await pickPort(attempt === 1 ? wished.port : undefined, portPatienceMs);
      const emulator = new Emulator({ ...wished, port }, log, onEvent);
      try {
        emulator.#process = await startEmulatorProcess(emulator.options, log);
      } catch (error) {
        const taken = error instanceof EmulatorStartError && !(await isPortFree(port));
        if (!taken || attempt === PORT_ATTEMPTS) throw error;
        continue;
      }
      if (wished.port !== undefined && wished.port !== port) {
        onEvent({ type: 'port-taken', service: wished.kind, wished: wished.port, port });
      }
      emulator.#supervision = emulator.#supervise(emulator.#process);
      return emulator;
    }
  }

  get kind(): EmulatorOptions['kind'] {
    return this.options.kind;
  }

  get port(): number {
    return this.options.port;
  }

  get pid(): number | undefined {
    return this.#process?.identity.pid;
  }

  /** Ends the server with its data written. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#process?.stop(STOP_GRACE_MS);
    await this.#supervision;
    this.log.close();
  }

  async #supervise(running: EmulatorProcess): Promise<void> {
    let current: EmulatorProcess | undefined = running;
    for (let failures = 0; !this.#stopping;) {
      if (current !== undefined) {
        const since = performance.now();
        await current.exited;
        if (this.#stopping) return;
        this.onEvent({ type: 'died', service: this.kind, logFile: current.logFile });
        if (performance.now() - since > 60_000) failures = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAYS_MS[Math.min(failures++, 3)]));
      current = await this.#restart();
    }
  }

  async #restart(): Promise<EmulatorProcess | undefined> {
    if (this.#stopping) return undefined;
    try {
      const restarted = await startEmulatorProcess(this.options, this.log);
      this.#process = restarted;
      if (this.#stopping) await restarted.stop(STOP_GRACE_MS);
      else this.onEvent({ type: 'restarted', service: this.kind, port: this.port });
      return restarted;
    } catch (error) {
      this.onEvent({ type: 'restart-failed', service: this.kind, reason: String(error) });
      return undefined;
    }
  }
}
