import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { problemOf, sendProblem } from './problem-of.js';
import { traceOf } from './request-trace.js';

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
    if (problem.status >= 500) this.#log(error, problem.status, request);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, problem, traceOf(request)?.traceId);
  }

  #log(error: unknown, status: number, request: FastifyRequest): void {
    const { traceId, spanId } = traceOf(request) ?? {};
    const fields = { err: error, traceId, spanId, method: request.method, route: request.routeOptions.url, status };
    // A 503 was thrown on purpose, to be tried again; anything else of the 500s is a fault of ours.
    if (status === 503) this.logger.warn(fields, 'request refused');
    else this.logger.error(fields, 'request failed');
  }
}
