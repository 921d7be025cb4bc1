import { ProblemError } from '@lethe/kernel';

/** The header `Idempotency-Key` is missing (I1) or malformed (I2). An answer of 400. */
export class IdempotencyKeyInvalidError extends ProblemError {
  override readonly name = 'IdempotencyKeyInvalidError';
  constructor(slug: 'idempotency-key-missing' | 'idempotency-key-invalid', detail: string) {
    super(400, slug, { detail, errors: [{ pointer: '#header/idempotency-key', detail }] });
  }
}

/** A request with the same key is at work at this moment (I6). An answer of 409; the client asks again. */
export class IdempotencyKeyInUseError extends ProblemError {
  override readonly name = 'IdempotencyKeyInUseError';
  constructor() {
    super(409, 'idempotency-key-in-use', {
      detail: 'A request with this Idempotency-Key is being worked on.',
      headers: { 'retry-after': '1' },
    });
  }
}

/** The key was used before, with another request (I5). An answer of 422. */
export class IdempotencyKeyReusedError extends ProblemError {
  override readonly name = 'IdempotencyKeyReusedError';
  constructor() {
    super(422, 'idempotency-key-reused', { detail: 'This Idempotency-Key belongs to another request.' });
  }
}

/** A request body is nested too deeply to be compared. An answer of 400. */
export class NestingError extends ProblemError {
  override readonly name = 'NestingError';
  constructor(depth: number) {
    super(400, 'nested-too-deeply', { detail: `The body is nested more than ${depth} levels deep.` });
  }
}

/** The store of the keys cannot be reached, so that nothing was run (I14); `cause` holds what happened. An answer of 503. */
export class IdempotencyStoreUnavailableError extends ProblemError {
  override readonly name = 'IdempotencyStoreUnavailableError';
  constructor(cause: unknown) {
    super(503, 'idempotency-store-unavailable', { cause, headers: { 'retry-after': '1' } });
  }
}

/** Without a transaction around it the work failed; `cause` says of what. Said again to whoever asks again (I8). */
export class IdempotentWorkFailedError extends ProblemError {
  override readonly name = 'IdempotentWorkFailedError';
  constructor(status: number, { cause, replayed = false }: { cause?: unknown; replayed?: boolean } = {}) {
    super(status, 'idempotent-request-failed', {
      detail:
        'The request failed, and what it had done by then is not known. With this Idempotency-Key it is not run again.',
      ...(cause === undefined ? {} : { cause }),
      ...(replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}),
    });
  }
}

/** An answer is larger than an item of DynamoDB may be; sizes in bytes. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`an answer of ${bytes} bytes cannot be kept, ${limit} can`);
  }
}

/** The application asks for what cannot be kept, such as a retention under 24 hours. Thrown when it starts. */
export class IdempotencyOptionsError extends Error {
  override readonly name = 'IdempotencyOptionsError';
}

/** Nobody is signed in on a route whose keys belong to whoever is (I12). An answer of 401. */
export class IdempotencyPrincipalError extends ProblemError {
  override readonly name = 'IdempotencyPrincipalError';
  constructor() {
    super(401, 'not-signed-in', { detail: 'An Idempotency-Key belongs to whoever is signed in.' });
  }
}
