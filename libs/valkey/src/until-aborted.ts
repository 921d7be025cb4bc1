/**
 * The outcome of the work, or a rejection with the signal's reason once that is aborted: whatever the client library
 * does with a connection that is ended while it opens or closes, nobody waits for it longer. A result that comes later
 * is handed to `discard`.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, discard: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work
      .then((result) => (signal.aborted ? discard(result) : resolve(result)), reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
