// `instanceof Error` is no test here: an error of Node's own may come from another realm, as it does in a test runner.

/** The code of a system error, such as `ENOENT`; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Whether `fetch` failed before an answer was whole: a connection that broke or a time that ran out. */
export function isNoAnswer(error: unknown): error is Error {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    (error.name === 'TypeError' || error.name === 'TimeoutError')
  );
}
