/** How the stores of express-session and @fastify/session are answered. */
export type Callback<T> = (error: unknown, value?: T) => void;

/**
 * Hands the outcome of a promise to a callback, from the event loop: what the callback throws is an uncaught exception,
 * as with MemoryStore, and not a rejection of this promise. A failure that nobody asked for becomes a process warning.
 */
export function settle<T>(work: Promise<T>, callback: Callback<T> | undefined): void {
  work.then(
    (value) => (callback === undefined ? undefined : setImmediate(callback, null, value)),
    (error: unknown) => {
      if (callback !== undefined) setImmediate(callback, error);
      else process.emitWarning(error instanceof Error ? error : new TypeError('a session store failed'));
    },
  );
}
