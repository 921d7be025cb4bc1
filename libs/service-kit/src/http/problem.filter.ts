import { principalOf } from '@lethe/identity';
import { type ProblemError } from '@lethe/kernel';
import { TooManyRequestsError } from '@lethe/rate-limits';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { problemOf, sendProblem } from './problem-of.js';
import { traceOf } from './request-trace.js';

/** Answers that belong into the security log (S60): who are you, you may not, too often. */
const DENIALS: ReadonlySet<number> = new Set([401, 403, 429]);

/** The last resort for every error of an HTTP request: one shape of answer, and the original in the log if it is ours. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) this.#logFailure(error, problem.status, request);
    else if (DENIALS.has(problem.status)) this.#logDenial(problem, request, error);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, problem, traceOf(request)?.traceId);
  }

  #logFailure(error: unknown, status: number, request: FastifyRequest): void {
    const { traceId, spanId } = traceOf(request) ?? {};
    const fields = { err: error, traceId, spanId, method: request.method, route: request.routeOptions.url, status };
    // A 503 was thrown on purpose, to be tried again; anything else of the 500s is a fault of ours.
    if (status === 503) this.logger.warn(fields, 'request refused');
    else this.logger.error(fields, 'request failed');
  }

  #logDenial({ status, slug, message }: ProblemError, request: FastifyRequest, error: unknown): void {
    const { traceId, spanId } = traceOf(request) ?? {};
    const user = principalOf(request)?.id;
    const { method, ip, routeOptions } = request;
    const limit = error instanceof TooManyRequestsError ? error.rule : undefined;
    const fields = { event: 'denied', status, slug, method, route: routeOptions.url, limit, ip, user, traceId, spanId };
    this.logger.warn(fields, message);
  }
}
