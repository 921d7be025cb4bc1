/** How much of a run is measured. */
export interface Window {
  /** Messages before those that are measured: code is compiled, connections are made. */
  readonly warmUp: number;
  /** Milliseconds after which the warm-up ends even so, for contenders that would take minutes over it. */
  readonly warmUpMs: number;
  readonly measured: number;
  /** Milliseconds after which a run ends with what it has. */
  readonly capMs: number;
}

/** What was seen between the end of the warm-up and the delete of the last measured message. */
export interface Measurement {
  /** Messages deleted in the window, those behind the measured ones included: the load is the same to its end. */
  readonly messages: number;
  readonly elapsedMs: number;
  /** User and system time of the process, all threads. */
  readonly cpuMs: number;
  readonly calls: number;
  /** Whether the run ended before all measured messages were deleted. */
  readonly capped: boolean;
  /** Milliseconds from the answer of the receive to the answer of the delete, of each measured message, ascending. */
  readonly latencies: readonly number[];
  /** Largest resident set of the process so far, in MiB. */
  readonly peakMiB: number;
}

interface Opened {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly calls: number;
  readonly deleted: number;
}

/**
 * Watches a consumer from where it stands: told of each answer to a receive and to a delete as it arrives, by a hook that
 * costs every contender the same. Messages are known by number; the queue gives them roughly in order.
 */
export class Probe {
  /** Settles when the last measured message was deleted, or the time is up. */
  readonly measurement: Promise<Measurement>;
  readonly #resolve: (measurement: Measurement) => void;
  readonly #pending = new Map<string, { readonly n: number; readonly at: number }>();
  readonly #latencies: number[] = [];
  #first: number;
  #received = 0;
  #deleted = 0;
  #calls = 0;
  #startedAt: number | undefined;
  #opened: Opened | undefined;
  #closed = false;

  constructor(
    private readonly window: Window,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#first = window.warmUp;
    const { promise, resolve } = Promise.withResolvers<Measurement>();
    this.measurement = promise;
    this.#resolve = resolve;
  }

  /** One request was answered. */
  called(): void {
    this.#calls += 1;
  }

  received(receiptHandle: string, n: number): void {
    const at = this.now();
    this.#startedAt ??= at;
    this.#received = Math.max(this.#received, n + 1);
    this.#pending.set(receiptHandle, { n, at });
  }

  deleted(receiptHandle: string): void {
    const received = this.#pending.get(receiptHandle);
    if (received === undefined || this.#closed) return;
    this.#pending.delete(receiptHandle);
    this.#deleted += 1;
    const at = this.now();
    if (this.#opened === undefined) this.#warmedUp(at);
    else if (received.n >= this.#first && received.n < this.#first + this.window.measured) {
      this.#latencies.push(at - received.at);
      if (this.#latencies.length === this.window.measured) this.#close(at, false);
    }
    if (this.#opened !== undefined && at - this.#opened.at > this.window.capMs) this.#close(at, true);
  }

  /** Ends a run that has taken too long, whatever it has done. */
  giveUp(): void {
    if (!this.#closed) this.#close(this.now(), true);
  }

  #warmedUp(at: number): void {
    const late = at - (this.#startedAt ?? at) > this.window.warmUpMs;
    if (this.#deleted < this.window.warmUp && !late) return;
    // What is received from now on is measured; what was received before, however slow, belongs to the warm-up.
    this.#first = this.#received;
    this.#opened = { at, cpu: process.cpuUsage(), calls: this.#calls, deleted: this.#deleted };
  }

  #close(at: number, capped: boolean): void {
    this.#closed = true;
    const opened = this.#opened ?? { at: this.#startedAt ?? at, cpu: process.cpuUsage(), calls: 0, deleted: 0 };
    const cpu = process.cpuUsage(opened.cpu);
    this.#resolve({
      messages: this.#deleted - opened.deleted,
      elapsedMs: at - opened.at,
      cpuMs: (cpu.user + cpu.system) / 1_000,
      calls: this.#calls - opened.calls,
      capped,
      latencies: this.#latencies.toSorted((a, b) => a - b),
      peakMiB: process.resourceUsage().maxRSS / 1_024,
    });
  }
}
