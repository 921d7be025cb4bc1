import { LOGGER, type Logger } from '@lethe/service-kit';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../auth.errors.js';

/** Answers as RFC 6749 5.2 has it, for clients that know no other form. */
@Catch(OAuthError)
export class OAuthErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch({ code, status, options }: OAuthError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { ip } = http.getRequest<FastifyRequest>();
    this.logger.warn({ event: 'denied', status, slug: code, route: '/auth/token', ip }, 'the token endpoint refused');
    const { detail } = options;
    void http
      .getResponse<FastifyReply>()
      .code(status)
      .type('application/json')
      .header('cache-control', 'no-store')
      .send({ error: code, ...(detail === undefined ? {} : { error_description: detail }) });
  }
}
