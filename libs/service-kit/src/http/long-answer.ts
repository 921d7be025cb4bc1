import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyRequest } from 'fastify';

interface LongAnswerConfig {
  readonly longAnswer?: boolean;
}

/**
 * The route's answer takes as long as the caller stays, as a stream of events does. It holds none of the places of
 * MAX_IN_FLIGHT once it has begun, so that whoever serves it must bound how many there are and end them when the service
 * closes (Nest's `beforeApplicationShutdown`); and it is no observation of the latency histogram. It is logged when it ends.
 */
export const LongAnswer = () => RouteConfig({ longAnswer: true } satisfies LongAnswerConfig);

/** Whether the request's answer takes as long as the caller stays. */
export function isLongAnswer(request: FastifyRequest): boolean {
  return isLongRoute(request.routeOptions.config);
}

/** As {@link isLongAnswer}, of the route itself. */
export function isLongRoute(config: unknown): boolean {
  return (config as LongAnswerConfig | undefined)?.longAnswer === true;
}
