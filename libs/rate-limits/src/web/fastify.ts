import { type LimitedReply, type LimitedRequest, type RequestLimits, limitRequest } from './limit-request.js';

/**
 * A hook for Fastify 5, after whoever calls is known: `{ preHandler: fastifyRateLimit({ limiter, rules }) }`. Fastify
 * answers a refusal with its status and headers. Let `trustProxy` believe the exact number of hops (S50).
 */
export function fastifyRateLimit(
  limits: RequestLimits,
): (request: LimitedRequest, reply: LimitedReply) => Promise<void> {
  return (request, reply) => limitRequest(limits, request, reply);
}
