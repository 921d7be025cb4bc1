/** The base of the errors of this app. */
export class InfraError extends Error {
  override readonly name: string = 'InfraError';
}

/** The context of the CDK app names no stage, or one that is not declared. */
export class StageError extends InfraError {
  override readonly name = 'StageError';
}

/** Something that the stacks are made from is not there: a bundle of a function, a definition of a state machine. */
export class MissingSourceError extends InfraError {
  override readonly name = 'MissingSourceError';

  constructor(what: string, remedy: string) {
    super(`${what} is missing: ${remedy}`);
  }
}

/** A declaration names something that the stacks do not have. */
export class UnknownResourceError extends InfraError {
  override readonly name = 'UnknownResourceError';

  constructor(kind: string, name: string) {
    super(`there is no ${kind} ${name}`);
  }
}
