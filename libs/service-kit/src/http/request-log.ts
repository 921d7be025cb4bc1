import { principalOf } from '@lethe/identity';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type Metrics } from '../observe/metrics.js';
import { isInternal } from './internal-routes.js';
import { traceOf } from './request-trace.js';

/** One line and one observation per request. No header, query or body is logged: secrets travel in them (S60). */
export function logRequests(instance: FastifyInstance, logger: Logger, metrics: Metrics): void {
  // These lines hold nothing to hide, and looking for it costs more than the rest of the line.
  const lines = logger.child({}, { redact: [] });
  instance.addHook('onResponse', (request, reply, done) => {
    if (!isInternal(request)) {
      const route = request.routeOptions.url ?? 'unmatched';
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
    }
    done();
  });
}

function pathOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
