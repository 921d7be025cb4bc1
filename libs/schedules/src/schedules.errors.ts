/** A schedule that not both of its homes, Postgres and EventBridge, could keep in the same way. */
export class ScheduleDefinitionError extends Error {
  override readonly name = 'ScheduleDefinitionError';
  constructor(
    readonly schedule: string,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`schedule "${schedule}": ${detail}`, options);
  }
}
