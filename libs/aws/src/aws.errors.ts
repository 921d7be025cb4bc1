/** No connection, or no answer, in time. Named and coded as the SDK's, whose retry policy knows it so. */
export class AnswerTimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ETIMEDOUT';

  constructor(awaited: 'connection' | 'answer', ms: number) {
    super(`no ${awaited} within ${ms} ms`);
  }
}

/** The caller's signal aborted the call. Named as the SDK's; `cause` is the signal's reason. */
export class CallAbortedError extends Error {
  override readonly name = 'AbortError';

  constructor(reason: unknown) {
    super('Request aborted', { cause: reason });
  }
}

/** The MD5 of a message body is not what SQS says it is, or SQS says nothing. The SDK fails with the same text. */
export class MessageChecksumError extends Error {
  override readonly name = 'MessageChecksumError';

  constructor(readonly messageIds: readonly (string | undefined)[]) {
    super(`Invalid MD5 checksum on messages: ${messageIds.join(', ')}`);
  }
}
