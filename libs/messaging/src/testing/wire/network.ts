import { type Timers, pause } from '@lethe/kernel';
import { type Service, aborted, connectionLost, throttled } from './aws-errors.js';
import type { Faults } from '../faults.js';
import type { History } from '../history.js';

/** Milliseconds, from and to. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

export interface NetworkOptions {
  readonly time: Timers;
  readonly faults: Faults;
  readonly history: History;
  /** Each way. */
  readonly latencyMs: Span;
  /** How much longer a slow way takes at most. */
  readonly slowMs: number;
}

/** One request. */
export interface Request {
  readonly service: Service;
  /** Such as `SendMessage`. */
  readonly operation: string;
  readonly resource: string;
  readonly signal: AbortSignal | undefined;
}

/** The way to the simulated services and back, with its delays and losses. */
export class Network {
  constructor(private readonly options: NetworkOptions) {}

  /** Carries the request out as the faults have it. Rejects as the SDK's client would. */
  async carry<Output>(request: Request, work: () => Output | Promise<Output>): Promise<Output> {
    const { signal, service } = request;
    if (signal?.aborted) throw aborted();
    const slow = this.#strikes('slow', request);
    await this.#travel(slow, signal);
    if (this.#strikes('lostRequest', request)) throw connectionLost();
    if (this.#strikes('throttle', request)) throw throttled(service);
    const output = await work();
    await this.#travel(slow, signal);
    if (this.#strikes('lostResponse', request)) throw connectionLost();
    return output;
  }

  async #travel(slow: boolean, signal: AbortSignal | undefined): Promise<void> {
    const { time, faults, latencyMs, slowMs } = this.options;
    const { min, max } = latencyMs;
    const usual = max > min ? min + faults.random() * (max - min) : max;
    const ms = usual + (slow ? faults.random() * slowMs : 0);
    // Without latency no timer is made: who does not care about the network need not move time for each call.
    if (ms > 0) await pause(ms, signal, time);
    else await Promise.resolve();
    if (signal?.aborted) throw aborted();
  }

  #strikes(fault: 'slow' | 'lostRequest' | 'throttle' | 'lostResponse', request: Request): boolean {
    const { faults, history } = this.options;
    const { operation, resource } = request;
    const strikes = faults.strikes(fault, operation, resource);
    if (strikes) history.add({ what: 'fault', resource, detail: `${fault} ${operation}` });
    return strikes;
  }
}
