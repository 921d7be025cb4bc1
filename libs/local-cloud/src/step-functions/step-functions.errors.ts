import { LocalCloudError } from '../local-cloud.errors.js';

/** A request that Step Functions refuses; `code` is the name of the error on the wire. */
export class SfnError extends LocalCloudError {
  override name = 'SfnError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What ended an attempt of a task. Its `name` is what `Retry` and `Catch` compare. */
export class TaskError extends LocalCloudError {
  constructor(error: string, cause: string) {
    super(cause);
    this.name = error;
  }
}

/** Ends a run in a `Wait`: the execution goes on, by another run, when the wait is over. Never seen outside. */
export class SuspendedError extends LocalCloudError {
  override name = 'SuspendedError';

  constructor(
    /** Milliseconds since the epoch. */
    readonly until: number,
  ) {
    super('the execution waits');
  }
}
