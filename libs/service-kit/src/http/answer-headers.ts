import { principalOf } from '@lethe/identity';
import { type FastifyInstance } from 'fastify';
import { type Lifecycle } from '../drain/lifecycle.js';

/** Nothing but the store's own scripts, for the pages of the API documentation; answers in JSON need nothing. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

export interface AnswerHeaderOptions {
  readonly instance: string;
  /** Whether clients come by https: then they are told to stay there (S49). */
  readonly secure: boolean;
  readonly lifecycle: Lifecycle;
}

/** Headers of every answer: the replica's name, and the safe defaults of S49 where the handler says nothing else. */
export function setAnswerHeaders(fastify: FastifyInstance, { instance, secure, lifecycle }: AnswerHeaderOptions): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.header('x-instance', instance).header('x-content-type-options', 'nosniff');
    void reply.header('referrer-policy', 'no-referrer');
    if (secure) void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (!reply.hasHeader('cache-control')) {
      const personal = principalOf(request) !== undefined || request.headers.authorization !== undefined;
      const shown = request.method === 'GET' && reply.statusCode < 400 && !personal;
      void reply.header('cache-control', shown ? 'no-cache' : 'no-store');
    }
    if (!reply.hasHeader('content-security-policy')) {
      const html = String(reply.getHeader('content-type') ?? '').startsWith('text/html');
      void reply.header('content-security-policy', html ? PAGE_POLICY : "default-src 'none'; frame-ancestors 'none'");
    }
    if (lifecycle.draining) void reply.header('connection', 'close');
    done();
  });
}
