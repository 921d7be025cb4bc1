import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Lifecycle } from '../drain/lifecycle.js';
import { type Metrics } from '../observe/metrics.js';
import { type ReadinessRegistry } from '../observe/readiness.js';

interface InternalConfig {
  readonly internal?: boolean;
}

/** Whether the request is for health or metrics, which no balancer routes. */
export function isInternal(request: FastifyRequest): boolean {
  return (request.routeOptions.config as InternalConfig | undefined)?.internal === true;
}

/** Health and metrics, beside Nest: no guard, no limit, no log line. */
export function addInternalRoutes(
  instance: FastifyInstance,
  parts: { lifecycle: Lifecycle; readiness: ReadinessRegistry; metrics: Metrics },
): void {
  const options = { config: { internal: true } satisfies InternalConfig };
  // Touches nothing: a dependency that is down must not restart the replica (R09).
  instance.get('/health/live', options, () => ({ status: 'live' }));
  instance.get('/health/ready', options, async (_request, reply) => {
    if (parts.lifecycle.draining) return reply.code(503).send({ status: 'draining' });
    const { ready, checks } = await parts.readiness.check();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'unready', checks });
  });
  instance.get('/metrics', options, async (_request, reply) => {
    const { registry } = parts.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
