/** An outbox key is 1 to 256 characters: it becomes the CloudEvents `subject`. */
export class OutboxKeyError extends Error {
  override readonly name = 'OutboxKeyError';
  constructor(readonly key: string) {
    super(`an outbox key has 1 to 256 characters, not ${key.length}`);
  }
}

/** The publisher gave no answer in time. The messages may have been sent; they are sent again, with the same ids. */
export class PublishTimeoutError extends Error {
  override readonly name = 'PublishTimeoutError';
  constructor(readonly timeoutMs: number) {
    super(`the publisher did not answer within ${timeoutMs} ms`);
  }
}
