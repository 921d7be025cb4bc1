import { ProblemError } from '@lethe/kernel';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { SessionStoreUnavailableError } from '@lethe/sessions';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { pageHeaders } from './authorization-answers.js';
import { faultPage } from './sign-in-page.js';

/** Problems of the sign-in page are pages. Without its session store nobody signs in by it (S34). */
@Catch(ProblemError, SessionStoreUnavailableError)
export class SignInPageFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: ProblemError | SessionStoreUnavailableError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, message, headers } = shown(error);
    if (status >= 500) this.logger.warn({ err: error }, 'the sign-in page was refused');
    else this.logger.warn({ event: 'denied', status, route: '/auth/authorize' }, message);
    void reply.code(status).headers(headers).headers(pageHeaders()).send(faultPage(message));
  }
}

function shown(
  error: ProblemError | SessionStoreUnavailableError,
): Pick<ProblemError, 'status' | 'message' | 'headers'> {
  if (error instanceof ProblemError) return error;
  return {
    status: 503,
    message: 'signing in is not possible at the moment: try again',
    headers: { 'retry-after': '1' },
  };
}
