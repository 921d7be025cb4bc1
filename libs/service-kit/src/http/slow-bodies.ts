import { ProblemError } from '@lethe/kernel';
import { type FastifyInstance } from 'fastify';
import { isStreamed } from './stream-body.js';

/**
 * Cuts off a client that sends the body of a request too slowly: each holds one of the places of the concurrency limit
 * (R11). Streamed bodies only have the server's requestTimeout.
 */
export function cutSlowBodies(instance: FastifyInstance, timeoutMs: number): void {
  const timers = new WeakMap<object, NodeJS.Timeout>();
  instance.addHook('onRequest', (request, reply, done) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if ((encoding !== undefined || Number(length ?? 0) > 0) && !isStreamed(request)) {
      const cut = (): void => void request.raw.destroy(new ProblemError(408, 'body-too-slow'));
      const timer = setTimeout(cut, timeoutMs);
      timers.set(request, timer);
      reply.raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(timers.get(request));
    done();
  });
}
