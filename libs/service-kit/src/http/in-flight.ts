import { type FastifyInstance } from 'fastify';
import { OverloadedError } from '../service-kit.errors.js';
import { type Lifecycle } from '../drain/lifecycle.js';
import { sendProblem } from './problem-of.js';
import { isInternal } from './internal-routes.js';
import { traceOf } from './request-trace.js';

/** Requests being answered. */
export class InFlight {
  #count = 0;
  #idle = Promise.withResolvers<void>();

  get count(): number {
    return this.#count;
  }

  /** Resolves when no request is being answered, at once or later. */
  async idle(): Promise<void> {
    if (this.#count > 0) await this.#idle.promise;
  }

  /**
   * Refuses what comes while `limit` requests are being answered, before anything is read or looked up for it (R10, R11).
   * Health and metrics are neither refused nor counted.
   */
  limit(instance: FastifyInstance, limit: number, onShed: () => void): void {
    instance.addHook('onRequest', (request, reply, done) => {
      if (isInternal(request)) return done();
      if (this.#count >= limit) {
        onShed();
        sendProblem(reply, new OverloadedError(), traceOf(request)?.traceId);
        return;
      }
      this.#count += 1;
      // Unlike Fastify's onResponse, `close` also comes when the client has gone.
      reply.raw.once('close', () => this.#leave());
      done();
    });
  }

  #leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers<void>();
  }
}

/**
 * Closing the application closes every connection as soon as the requests in flight are answered. Node alone would wait
 * for connections that never sent a request, and for those whose last answer promised to keep them alive.
 */
export function closeConnections(instance: FastifyInstance, inFlight: InFlight, lifecycle: Lifecycle): void {
  instance.addHook('preClose', (done) => {
    lifecycle.startDraining();
    // Not awaited: the server must stop accepting first, or requests would never end.
    void inFlight.idle().then(() => instance.server.closeAllConnections());
    done();
  });
}
