/** What a test waited for has not come to pass. */
export class HarnessTimeoutError extends Error {
  override readonly name = 'HarnessTimeoutError';
  constructor(
    detail: string,
    /** Milliseconds of virtual time. */
    readonly withinMs: number,
  ) {
    super(`${detail} within ${withinMs} ms of virtual time`);
  }
}
