/**
 * The code of an error of the system, such as ENOENT; undefined for anything else. Asked of the value itself and not by
 * `instanceof`: under Jest, Node's own errors come from another realm.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
