import { type ProblemDetails, ProblemError, problemOfStatus } from '@lethe/kernel';
import { HttpException } from '@nestjs/common';

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** An error as Fastify and Node's parser throw it. */
interface StatusError {
  readonly statusCode: number;
}

/**
 * The problem that an error is answered with. Only errors that were made to be shown keep their text: of the framework's
 * own, only the status is taken, and whatever else was thrown is a 500 that says nothing (S48).
 */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof HttpException) return ofFramework(error.getStatus(), error.cause ?? error);
  if (hasStatus(error)) return ofFramework(error.statusCode, error);
  return problemOfStatus(500);
}

/** What is needed of a Fastify reply, whatever its route. */
interface Reply {
  code(status: number): Reply;
  headers(headers: Readonly<Record<string, string>>): Reply;
  type(mediaType: string): Reply;
  send(body: string): unknown;
}

/** Answers with the problem. */
export function sendProblem(reply: Reply, problem: ProblemError, traceId?: string): void {
  reply.code(problem.status).headers(problem.headers).type(PROBLEM_TYPE).send(problemBody(problem, traceId));
}

/** The body of the answer; a server error names the trace under which its cause was logged. */
export function problemBody(problem: ProblemError, traceId?: string): string {
  const details: ProblemDetails = problem.toDetails();
  return JSON.stringify(problem.status >= 500 && traceId !== undefined ? { ...details, traceId } : details);
}

function hasStatus(error: unknown): error is StatusError {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Words for what the framework refuses, by Fastify's code or the parser's. */
const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'the body is no JSON',
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is too large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the content type is not supported here',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as its content-length',
  FST_ERR_BAD_URL: 'the path is not validly encoded',
  FST_ERR_MAX_PARAM_LENGTH: 'a part of the path is too long',
};

function ofFramework(status: number, cause: unknown): ProblemError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  return problemOfStatus(status >= 400 && status <= 599 ? status : 500, DETAILS[code]);
}
