import { principalOf } from '@lethe/identity';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type Metrics } from '../observe/metrics.js';
import { isInternal } from './internal-routes.js';
import { isLongAnswer, isLongRoute } from './long-answer.js';
import { traceOf } from './request-trace.js';

/** One line and one observation per request. No header, query or body is logged: secrets travel in them (S60). */
export function logRequests(instance: FastifyInstance, logger: Logger, metrics: Metrics): void {
  // These lines hold nothing to hide, and looking for it costs more than the rest of the line.
  const lines = logger.child({}, { redact: [] });
  const log = (request: FastifyRequest, reply: FastifyReply): void => {
    const route = request.routeOptions.url ?? 'unmatched';
    // How long a caller stays is no latency.
    if (!isLongAnswer(request) || reply.statusCode !== 200)
      metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    lines.info(
      {
        method: request.method,
        route,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.ip,
        user: principalOf(request)?.id,
        traceId: traceOf(request)?.traceId,
        spanId: traceOf(request)?.spanId,
      },
      'request',
    );
  };
  instance.addHook('onResponse', (request, reply, done) => {
    if (!isInternal(request)) log(request, reply);
    done();
  });
  // Most long answers end because the client leaves, of which onResponse is not told.
  instance.addHook('onRoute', (route) => {
    if (!isLongRoute(route.config)) return;
    route.onRequest = (request, reply, done) => {
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) log(request, reply);
      });
      done();
    };
  });
}

function pathOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
