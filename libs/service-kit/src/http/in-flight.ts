import { type FastifyInstance } from 'fastify';
import { OverloadedError } from '../service-kit.errors.js';
import { sendProblem } from './problem-of.js';
import { isInternal } from './internal-routes.js';
import { traceOf } from './request-trace.js';

/** Requests being answered. */
export class InFlight {
  #count = 0;

  get count(): number {
    return this.#count;
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
      reply.raw.once('close', () => (this.#count -= 1));
      done();
    });
  }
}
