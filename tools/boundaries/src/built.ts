import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An alias of a class at the end of a built file, as in `_a = ShardIterator;`. */
const ALIAS = /^(_[a-z]) = ([A-Z]\w*);$/m;

/** The alias that the compiler made of a class in this built file, if any. */
export function classAlias(javascript: string): string | undefined {
  return ALIAS.exec(javascript)?.[2];
}

/**
 * Built files in which the compiler gave a class an alias: TypeScript 7.0.2 then writes the alias in place of property
 * names that equal the class's, silently (docs/adr/0001). Rename the class.
 */
export function builtFaults(root: string): string[] {
  return globSync('{libs,apps,tools}/*/dist/**/*.js', { cwd: root }).flatMap((file) => {
    const alias = classAlias(readFileSync(join(root, file), 'utf8'));
    return alias === undefined ? [] : [`${file}: the compiler gave class ${alias} an alias; rename the class`];
  });
}
