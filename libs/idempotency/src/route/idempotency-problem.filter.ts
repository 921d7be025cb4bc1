import { ProblemError } from '@lethe/kernel';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';

/** What is said of an answer, in Fastify and in Express. */
interface ProblemReply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/** Answers with problem+json (RFC 9457) in applications that have no filter for problems of their own. */
@Catch(ProblemError)
export class IdempotencyProblemFilter implements ExceptionFilter<ProblemError> {
  readonly #logger = new Logger('Idempotency');

  catch(problem: ProblemError, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw problem;
    if (problem.status >= 500) this.#logger.error(problem, problem.cause);
    const reply = host.switchToHttp().getResponse<ProblemReply>();
    reply.status(problem.status);
    for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
    reply.header('content-type', 'application/problem+json');
    reply.send(JSON.stringify(problem.toDetails()));
  }
}
