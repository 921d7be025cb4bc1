import { type ProblemFault } from '@lethe/kernel';

/**
 * Texts with the character U+0000 in a parsed body, query or parameter, by JSON pointer below `root`: PostgreSQL stores
 * no such text, so no schema has to say so. At most one fault per text; the value's depth is bounded by its parser.
 */
export function nulFaults(value: unknown, root: string): ProblemFault[] {
  if (typeof value === 'string') {
    return value.includes('\u0000') ? [{ pointer: root, detail: 'must not contain the character U+0000' }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    nulFaults(member, `${root}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}
