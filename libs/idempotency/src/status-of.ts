import { ProblemError } from '@lethe/kernel';
import { HttpException } from '@nestjs/common';

/** The HTTP status that an error stands for: a problem's, Nest's, `http-errors`' and Fastify's; 500 for any other. */
export function statusOf(error: unknown): number {
  if (error instanceof ProblemError) return error.status;
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
