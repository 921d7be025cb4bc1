import { type ImageRefusal } from '@lethe/contracts';

/** The environment does not hold what the functions need. */
export class FunctionsConfigError extends Error {
  override readonly name = 'FunctionsConfigError';
  constructor(faults: readonly string[]) {
    super(`the configuration has ${faults.length} faults: ${faults.join('; ')}`);
  }
}

/** The account does not move: it is not known, the password is wrong, or it may not. Cognito tells the user no more. */
export class NotMovedError extends Error {
  override readonly name = 'NotMovedError';
  constructor() {
    super('Incorrect username or password.');
  }
}

/** Auth could not be asked; the user may try again. */
export class AuthUnavailableError extends Error {
  override readonly name = 'AuthUnavailableError';
  constructor(reason: string, cause?: unknown) {
    super(`auth could not be asked: ${reason}`, { cause });
  }
}

/** A service did not answer, or not with what was asked for; the invocation may be repeated. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';
  constructor(
    readonly service: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`${service} could not be asked: ${reason}`, { cause });
  }
}

/** A mail was not taken; `certain` says that it was refused, so that it has not been sent. */
export class MailError extends Error {
  override readonly name = 'MailError';
  constructor(
    readonly certain: boolean,
    cause: unknown,
  ) {
    super('the mail was not taken', { cause });
  }
}

/** Another invocation is at this message: it is delivered again when that one has had its time. */
export class InvocationOverlapError extends Error {
  override readonly name = 'InvocationOverlapError';
  constructor(id: string) {
    super(`${id} is being handled by another invocation`);
  }
}

/** The function had its time, as its definition says. */
export class FunctionTimeoutError extends Error {
  override readonly name = 'Sandbox.Timedout';
  constructor(seconds: number) {
    super(`Task timed out after ${seconds.toFixed(2)} seconds`);
  }
}

/** An upload is no image of a product; no retry mends it. */
export class ImageRefusedError extends Error {
  override readonly name = 'ImageRefusedError';
  constructor(
    readonly reason: ImageRefusal,
    cause?: unknown,
  ) {
    super(`the upload is refused: ${reason}`, { cause });
  }
}
