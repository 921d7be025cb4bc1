/** Base of every error of this library. */
export class SessionError extends Error {
  override name = 'SessionError';
}

/**
 * An error that knows its HTTP answer, in the shape of `http-errors`, which Express, Fastify and NestJS look for.
 * `expose` is false: the answer says no more than its status.
 */
export class AnsweredSessionError extends SessionError {
  override name = 'AnsweredSessionError';
  readonly expose = false;
  readonly status: number;

  constructor(
    readonly statusCode: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = statusCode;
  }
}

/** The store cannot be reached, or failed; `cause` holds what happened. Nothing is known of the session: deny (S34). */
export class SessionStoreUnavailableError extends AnsweredSessionError {
  override name = 'SessionStoreUnavailableError';

  constructor(options?: ErrorOptions) {
    super(503, 'the session store is unavailable', options);
  }
}

/** A session is larger than its store takes. Large things belong in a store of their own, with their key here. */
export class SessionTooLargeError extends SessionError {
  override name = 'SessionTooLargeError';

  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`the session takes ${bytes} bytes; the limit is ${limit}`);
  }
}

/** Somebody else wrote or ended the session in the meantime, or its id is taken. */
export class SessionConflictError extends SessionError {
  override name = 'SessionConflictError';

  constructor(readonly id: string) {
    super('the session was changed or ended by another request');
  }
}

/** A store answered with another session than the one asked for, or another user's. It counts as no session. */
export class SessionOwnerError extends SessionError {
  override name = 'SessionOwnerError';

  constructor(readonly id: string) {
    super('the value found for the session belongs to another');
  }
}

/** The keys that sign cookies are missing, or too short to sign with. */
export class SigningKeyError extends SessionError {
  override name = 'SigningKeyError';
}

/**
 * The place that sessions move away from failed, or cannot do what was asked of it; `cause` holds its error. As with the
 * new store nothing is known of the session then: deny (S34).
 */
export class OldPlaceError extends AnsweredSessionError {
  override name = 'OldPlaceError';

  constructor(message: string, options?: ErrorOptions) {
    super(503, message, options);
  }
}

/** A line of an import is no exported session. The line itself is not repeated here: it may hold a session id. */
export class SessionImportError extends SessionError {
  override name = 'SessionImportError';

  constructor(readonly line: number) {
    super(`line ${line} is no exported session`);
  }
}

/** A request that another site may have made the browser send. `fault` says what gave it away. */
export class ForgedRequestError extends AnsweredSessionError {
  override name = 'ForgedRequestError';

  constructor(readonly fault: string) {
    super(403, `refused as possibly forged: ${fault}`);
  }
}

/** A running process could not be asked for its sessions; the message says why. */
export class InspectorError extends SessionError {
  override name = 'InspectorError';
}
