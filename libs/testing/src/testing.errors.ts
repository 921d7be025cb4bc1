/** What a test waited for did not come in time. The cause is the last failure seen, if there was one. */
export class NeverHappenedError extends Error {
  override readonly name = 'NeverHappenedError';

  constructor(what: string, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super(`never happened ${what}${reason}`, cause === undefined ? undefined : { cause });
  }
}
