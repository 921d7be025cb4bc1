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

/** A message of later has a time between 1970 and the year 9999. */
export class DeliveryTimeError extends RangeError {
  override readonly name = 'DeliveryTimeError';
  constructor(readonly deliverAt: Date | number) {
    super(`${String(deliverAt)} is no time at which a message can be delivered`);
  }
}

/** A unit of work was used after it ended: its transaction is committed, or rolled back. */
export class UnitOfWorkEndedError extends Error {
  override readonly name = 'UnitOfWorkEndedError';
  constructor() {
    super('the unit of work has ended: what it is to write, it must be told before');
  }
}

/** A unit of work was begun inside another: it would commit by itself, whatever became of the outer one. */
export class NestedUnitOfWorkError extends Error {
  override readonly name = 'NestedUnitOfWorkError';
  constructor() {
    super('a unit of work is under way: hand it on instead of beginning another');
  }
}

/** The definition of a saga contradicts itself. */
export class SagaDefinitionError extends Error {
  override readonly name = 'SagaDefinitionError';
  constructor(
    readonly saga: string,
    detail: string,
  ) {
    super(`saga ${saga}: ${detail}`);
  }
}

/** A step asked for a state that its table does not lead to. The transaction rolls back. */
export class SagaStepError extends Error {
  override readonly name = 'SagaStepError';
  constructor(
    readonly saga: string,
    readonly from: string,
    readonly to: string,
    readonly legal: readonly string[],
  ) {
    const instead = legal.length === 0 ? 'it has ended' : `only ${legal.join(' or ')}`;
    super(`saga ${saga}: ${from} cannot become ${to}: ${instead}`);
  }
}

/** A message is about a saga that is not there, though it begins in the transaction that writes its first message. */
export class SagaMissingError extends Error {
  override readonly name = 'SagaMissingError';
  constructor(
    readonly saga: string,
    readonly id: string,
  ) {
    super(`saga ${saga}: there is none with the id ${id}`);
  }
}
