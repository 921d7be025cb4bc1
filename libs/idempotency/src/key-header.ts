import type { IncomingMessage } from 'node:http';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { IdempotencyKeyInvalidError } from './idempotency.errors.js';

const HEADER = 'idempotency-key';
const MAX_LENGTH = 255;
/** Visible ASCII without quote, comma and backslash. Node joins a header sent twice with a comma: that is refused too. */
const KEY = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/**
 * The key of a request: bare, or quoted as the IETF draft (draft-ietf-httpapi-idempotency-key-header) writes it; both
 * are the same key. Throws an {@link IdempotencyKeyInvalidError}: missing (I1), more than 255 characters, other than
 * visible ASCII, or sent twice (I2).
 */
export function readIdempotencyKey(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const given = headers[HEADER];
  const values = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  const [value, ...more] = values;
  if (value === undefined) {
    throw new IdempotencyKeyInvalidError('idempotency-key-missing', 'The header Idempotency-Key is required.');
  }
  if (more.length > 0) throw invalid('The header Idempotency-Key must be sent once.');
  const key = /^"(.*)"$/.exec(value.trim())?.[1] ?? value.trim();
  if (key.length === 0 || key.length > MAX_LENGTH) {
    throw invalid(`The header Idempotency-Key must have 1 to ${MAX_LENGTH} characters.`);
  }
  if (!KEY.test(key)) throw invalid('The header Idempotency-Key must be one value of visible ASCII characters.');
  return key;
}

function invalid(detail: string): IdempotencyKeyInvalidError {
  return new IdempotencyKeyInvalidError('idempotency-key-invalid', detail);
}

/** A request of Fastify or Express, or Node's own. */
interface HttpRequest {
  readonly raw?: Pick<IncomingMessage, 'headersDistinct'>;
  readonly headersDistinct?: IncomingMessage['headersDistinct'];
}

/** The decorator's work, apart from Nest. */
export function keyOfRequest(request: HttpRequest): string {
  return readIdempotencyKey(request.raw?.headersDistinct ?? request.headersDistinct ?? {});
}

/**
 * The request's `Idempotency-Key`, as a parameter of a controller's method. The method does not run without a good one.
 *
 *     place(@IdempotencyKey() key: string)
 */
export const IdempotencyKey: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) =>
  keyOfRequest(context.switchToHttp().getRequest<HttpRequest>()),
);
