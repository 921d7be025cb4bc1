import { isDeepStrictEqual } from 'node:util';

/** Attributes are texts; policies are JSON, which AWS may give back with other spacing and order. */
export function sameValue(found: string | undefined, wanted: string | undefined): boolean {
  if (found === wanted || found === undefined || wanted === undefined) return found === wanted;
  if (!wanted.startsWith('{')) return false;
  return isDeepStrictEqual(JSON.parse(found), JSON.parse(wanted));
}
