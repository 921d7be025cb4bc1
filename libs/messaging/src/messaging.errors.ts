/** The handlers of an application do not fit the messages that its service declares. Thrown when the server starts. */
export class HandlerMismatchError extends Error {
  override readonly name = 'HandlerMismatchError';
  constructor(
    readonly service: string,
    /** Declared messages that nobody handles. */
    readonly missing: readonly string[],
    /** Messages with more than one handler. */
    readonly duplicated: readonly string[],
    /** Handlers of messages that the service does not declare. */
    readonly undeclared: readonly string[],
  ) {
    const faults = [
      ['has no handler for', missing],
      ['has more than one handler for', duplicated],
      ['has a handler for a message it does not declare:', undeclared],
    ] as const;
    const told = faults.filter(([, types]) => types.length > 0).map(([what, types]) => `${what} ${types.join(', ')}`);
    super(`${service} ${told.join('; ')}`);
  }
}

/** A queue or topic cannot be used; the cause tells why. */
export class DestinationError extends Error {
  override readonly name = 'DestinationError';
  constructor(
    readonly destination: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${destination}: ${detail}`, options);
  }
}

/** One entry was not accepted by SNS or SQS. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  constructor(
    readonly destination: string,
    /** The code AWS gave, such as `InternalError`, or the name of the error that ended the whole request. */
    readonly code: string,
    detail: string,
    /** Whether sending the same again is pointless. */
    readonly senderFault: boolean,
    options?: ErrorOptions,
  ) {
    super(`${destination}: ${code}: ${detail}`, options);
  }
}

/** A message alone is larger than its destination takes. */
export class MessageTooLargeError extends PublishError {
  constructor(
    destination: string,
    /** UTF-8 bytes of the body and of the names, types and values of the attributes. */
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(destination, 'MessageTooLarge', `${bytes} bytes are more than ${limit}`, true);
  }
}

/** A message has more attributes than arrive: SNS discards it at raw delivery to SQS without telling anyone. */
export class AttributeLimitError extends PublishError {
  constructor(
    destination: string,
    readonly attributes: readonly string[],
    readonly limit: number,
  ) {
    super(destination, 'TooManyAttributes', `${attributes.join(', ')} are more than ${limit} attributes`, true);
  }
}

/** Data that lies in S3 is not what its message says. No retry mends it. */
export class ClaimCheckError extends Error {
  override readonly name = 'ClaimCheckError';
  constructor(
    /** `foreign`: not in our bucket and prefix. `missing`: not there (any more). */
    readonly reason: 'foreign' | 'missing' | 'size' | 'checksum' | 'undecodable',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${reason}: ${detail}`, options);
  }
}

/** A request was given up by its asker. The handler may have run, or run yet: ask again only what may be done twice. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';
  constructor(
    readonly type: string,
    /**
     * `timeout`: nothing came for too long. `closed`: the client closes. `queue-lost`: the reply queue is gone.
     * `overflow`: replies came too far out of order, or too many requests wait (R11). `not-a-request`: the command has
     * no reply.
     */
    readonly reason: 'timeout' | 'closed' | 'queue-lost' | 'overflow' | 'not-a-request',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${type}: ${reason}: ${detail}`, options);
  }
}

/** A reply cannot be sent: it is too large, or the replies come faster than they can be sent. */
export class ReplyRefusedError extends Error {
  override readonly name = 'ReplyRefusedError';
}

/** A message was to be emitted or handled by a service that does not declare it. */
export class UndeclaredMessageError extends Error {
  override readonly name = 'UndeclaredMessageError';
  constructor(
    readonly service: string,
    readonly type: string,
    what: 'neither publishes nor sends' | 'does not handle',
  ) {
    super(`${service} ${what} ${type}`);
  }
}

/** A handler failed with something that Nest had already turned into its answer for clients; `cause` is that answer. */
export class HandlerFailedError extends Error {
  override readonly name = 'HandlerFailedError';
  constructor(
    readonly messageType: string,
    options: ErrorOptions,
  ) {
    super(`${messageType} failed outside its handler (a guard, pipe or interceptor)`, options);
  }
}

/** The reason of the abort signal where SQS may have given the message to another consumer (R18). */
export class VisibilityLostError extends Error {
  override readonly name = 'VisibilityLostError';
  constructor(messageId: string, options?: ErrorOptions) {
    super(`the visibility timeout of message ${messageId} could not be extended`, options);
  }
}

/** The reason of the abort signal where the server closes and the grace period is over. */
export class DrainTimeoutError extends Error {
  override readonly name = 'DrainTimeoutError';
  constructor(graceMs: number) {
    super(`the handler did not end within the grace period of ${graceMs} ms`);
  }
}

/** The reason of the abort signal where a handler has taken longer than its consumer allows. */
export class HandlerTimeoutError extends Error {
  override readonly name = 'HandlerTimeoutError';
  constructor(timeoutMs: number) {
    super(`the handler did not end within ${timeoutMs} ms`);
  }
}

/** Provisioning made a request that a plan of it does not know, so that the plan would be wrong. */
export class UnplannedCommandError extends Error {
  override readonly name = 'UnplannedCommandError';
  constructor(command: unknown) {
    super(`a plan cannot foresee ${command instanceof Object ? command.constructor.name : typeof command}`);
  }
}
