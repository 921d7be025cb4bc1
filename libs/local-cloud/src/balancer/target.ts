import { Agent, request } from 'node:http';
import { systemErrorCode } from '../system-error.js';

/** Where a replica serves. */
export interface TargetAddress {
  readonly service: string;
  readonly id: string;
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
}

/** `starting` until its first successful check; `draining` from its deregistration on. */
export type TargetHealth = 'starting' | 'healthy' | 'unhealthy' | 'draining';

/** What a console shows of a target. */
export interface TargetStatus extends TargetAddress {
  readonly health: TargetHealth;
  /** Requests given to it so far. */
  readonly requests: number;
  readonly inFlight: number;
}

/** Sockets to one target: twice what a service admits at once, so that the service decides what to shed. */
const MAX_SOCKETS = 512;
/** Below the services' keep-alive of 65 s and more, so that no request meets a socket being closed there (R03). */
const FREE_SOCKET_MS = 60_000;
/** Failed checks in a row until a target that still accepts connections counts as unhealthy: slow is not dead. */
const SLOW_CHECKS = 3;

/** Asks a replica's readiness; `refused` where nothing listens. */
export async function checkReady(url: string, timeoutMs: number): Promise<'ready' | 'not-ready' | 'slow' | 'refused'> {
  return new Promise((resolve) => {
    const check = request(new URL('/health/ready', url), { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      response.once('error', () => resolve('slow'));
      response.once('end', () => resolve(response.statusCode === 200 ? 'ready' : 'not-ready'));
    });
    check.once('timeout', () => {
      resolve('slow');
      check.destroy();
    });
    check.once('error', (error) => resolve(systemErrorCode(error) === 'ECONNREFUSED' ? 'refused' : 'slow'));
    check.end();
  });
}

/** One replica behind the balancer. */
export class Target {
  readonly agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 64, timeout: FREE_SOCKET_MS });
  readonly url: URL;
  #health: TargetHealth = 'starting';
  #requests = 0;
  #inFlight = 0;
  #slowChecks = 0;
  #idle: (() => void) | undefined;

  constructor(readonly address: TargetAddress) {
    this.url = new URL(address.url);
  }

  get health(): TargetHealth {
    return this.#health;
  }

  status(): TargetStatus {
    return { ...this.address, health: this.#health, requests: this.#requests, inFlight: this.#inFlight };
  }

  /** One health check. */
  async check(timeoutMs: number): Promise<void> {
    const outcome = await checkReady(this.address.url, timeoutMs);
    this.#slowChecks = outcome === 'slow' ? this.#slowChecks + 1 : 0;
    if (this.#health === 'draining') return;
    if (outcome === 'ready') this.#health = 'healthy';
    else if (outcome !== 'slow' || this.#slowChecks >= SLOW_CHECKS) this.markUnhealthy();
  }

  /** Nothing listens there, or it says that it is not ready; the next successful check brings it back. */
  markUnhealthy(): void {
    if (this.#health === 'healthy') this.#health = 'unhealthy';
  }

  requestBegins(): void {
    this.#requests++;
    this.#inFlight++;
  }

  requestEnds(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#idle?.();
  }

  /** Takes it out of turn; settles when its last request has ended, or after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.#health = 'draining';
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.agent.destroy();
  }
}
