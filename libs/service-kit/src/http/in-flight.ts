import { type FastifyInstance } from 'fastify';
import { OverloadedError } from '../service-kit.errors.js';
import { type Lifecycle } from '../drain/lifecycle.js';
import { sendProblem } from './problem-of.js';
import { isInternal } from './internal-routes.js';
import { isLongAnswer, isLongRoute } from './long-answer.js';
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
   * Health and metrics are neither refused nor counted; a `LongAnswer` is counted
   * until it begins.
   */
  limit(instance: FastifyInstance, limit: number, onShed: () => void): void {
    const begun = new WeakMap<object, () => void>();
    instance.addHook('onRequest', (request, reply, done) => {
      if (isInternal(request)) return done();
      if (this.#count >= limit) {
        onShed();
        sendProblem(reply, new OverloadedError(), traceOf(request)?.traceId);
        return;
      }
      this.#count += 1;
      const leave = (): void => this.#leave();
      // Unlike Fastify's onResponse, `close` also comes when the client has gone.
      reply.raw.once('close', leave);
      if (isLongAnswer(request)) {
        begun.set(reply.raw, () => {
          reply.raw.off('close', leave);
          leave();
        });
      }
      done();
    });
    // A hook of these routes alone: others pay nothing for it.
    instance.addHook('onRoute', (route) => {
      if (!isLongRoute(route.config)) return;
      route.onSend = (_request, reply, _payload, done) => {
        begun.get(reply.raw)?.();
        begun.delete(reply.raw);
        done();
      };
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
