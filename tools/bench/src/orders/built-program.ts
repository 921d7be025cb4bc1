import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../../', import.meta.url);

/** Where a built file of a program lies. */
export const builtFile = (path: string): string => fileURLToPath(new URL(path, ROOT));

/**
 * A module of a program as it was built. Nothing imports a program: the benchmark measures what it ships, and finds it by
 * its path at run time, as it finds the programs that it starts. `T` says what of it is used.
 */
export async function builtModule<T>(path: string): Promise<T> {
  return (await import(new URL(path, ROOT).href)) as T;
}
