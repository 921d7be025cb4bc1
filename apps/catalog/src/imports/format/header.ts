import { CatalogFileError } from '../../catalog.errors.js';

/** A column of a file: the names that it goes by, and whether a file can do without. */
export interface ColumnSpec {
  readonly names: readonly string[];
  readonly optional?: boolean;
}

/**
 * Finds columns by name, in any order; case and outer blanks do not count, and the first of two equal names does.
 * An optional column that is absent has no entry. Throws a {@link CatalogFileError} that names what is missing.
 */
export function findColumns(
  header: readonly string[],
  specs: Readonly<Record<string, ColumnSpec>>,
): Readonly<Record<string, number>> {
  const given = header.map((name) => name.trim().toLowerCase());
  const found: Record<string, number> = {};
  const missing: string[] = [];
  for (const [key, { names, optional }] of Object.entries(specs)) {
    const at = given.findIndex((name) => names.some((known) => known.toLowerCase() === name));
    if (at !== -1) found[key] = at;
    else if (!optional) missing.push(names[0] ?? key);
  }
  if (missing.length > 0) throw new CatalogFileError(`The header has no column ${missing.join(', ')}.`);
  return found;
}
