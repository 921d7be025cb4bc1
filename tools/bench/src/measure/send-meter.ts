import type { Window } from './probe.js';

/** What a sender did between its warm-up and its last measured message. */
export interface SendMeasurement {
  readonly messages: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly calls: number;
  readonly capped: boolean;
  readonly peakMiB: number;
}

interface Opened {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly calls: number;
  readonly sent: number;
}

/** Watches a sender: told of each answered request and of the messages that were accepted. */
export class SendMeter {
  readonly measurement: Promise<SendMeasurement>;
  readonly #resolve: (measurement: SendMeasurement) => void;
  readonly #startedAt: number;
  #sent = 0;
  #calls = 0;
  #opened: Opened | undefined;
  #full = false;

  constructor(
    private readonly window: Window,
    private readonly now: () => number = () => performance.now(),
  ) {
    const { promise, resolve } = Promise.withResolvers<SendMeasurement>();
    this.measurement = promise;
    this.#resolve = resolve;
    this.#startedAt = now();
  }

  /** Whether enough was sent. */
  get full(): boolean {
    return this.#full;
  }

  /** One request was answered. */
  called(): void {
    this.#calls += 1;
  }

  /** So many messages were accepted. */
  sent(count: number): void {
    if (this.#full) return;
    this.#sent += count;
    const at = this.now();
    const { warmUp, warmUpMs, measured, capMs } = this.window;
    if (this.#opened === undefined) {
      if (this.#sent >= warmUp || at - this.#startedAt > warmUpMs)
        this.#opened = { at, cpu: process.cpuUsage(), calls: this.#calls, sent: this.#sent };
      return;
    }
    const all = this.#sent - this.#opened.sent >= measured;
    if (all || at - this.#opened.at > capMs) this.#close(this.#opened, at, !all);
  }

  #close(opened: Opened, at: number, capped: boolean): void {
    this.#full = true;
    const cpu = process.cpuUsage(opened.cpu);
    this.#resolve({
      messages: this.#sent - opened.sent,
      elapsedMs: at - opened.at,
      cpuMs: (cpu.user + cpu.system) / 1_000,
      calls: this.#calls - opened.calls,
      capped,
      peakMiB: process.resourceUsage().maxRSS / 1_024,
    });
  }
}
