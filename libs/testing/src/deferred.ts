/** A promise with its ends outside: a test settles it when it is time. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason: unknown) => void;
}

/** A {@link Deferred}, as a handler that hangs until the test lets it go on. */
export function deferred<T = void>(): Deferred<T> {
  return Promise.withResolvers<T>();
}
