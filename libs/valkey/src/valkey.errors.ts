/** Base of every error of this library. */
export class ValkeyError extends Error {
  override name = 'ValkeyError';
}

/**
 * The server was not reached, did not answer in time, or says that it cannot serve now; `cause` holds what happened.
 * Whether the command was carried out is unknown.
 */
export class ValkeyUnavailableError extends ValkeyError {
  override name = 'ValkeyUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`Valkey is unavailable: ${reason}`, options);
  }
}

/** The server refused the command as it is: a fault of the program, not of the moment. */
export class ValkeyCommandError extends ValkeyError {
  override name = 'ValkeyCommandError';

  constructor(
    /** First word of the answer, such as WRONGTYPE. */
    readonly code: string,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/** The URL of a server is not one; the message does not repeat it, since it may hold a password. */
export class ValkeyUrlError extends ValkeyError {
  override name = 'ValkeyUrlError';
}
