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
