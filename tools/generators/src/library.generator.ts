import { type GeneratorCallback, type Tree, generateFiles } from '@nx/devkit';
import { join } from 'node:path';
import { namingOf } from './naming.js';
import { assertFree, finish } from './packages.js';

export interface LibraryOptions {
  readonly name: string;
  readonly layer?: 'base' | 'adapter' | 'platform' | 'dev';
  readonly description?: string;
}

/** `nx g @lethe/generators:library <name>`. Throws a GeneratorError for a bad or taken name. */
export function libraryGenerator(tree: Tree, options: LibraryOptions): GeneratorCallback {
  const naming = namingOf(options.name);
  const folder = `libs/${naming.kebab}`;
  assertFree(tree, folder, `@lethe/${naming.kebab}`);
  generateFiles(tree, join(import.meta.dirname, '../templates/library'), folder, {
    ...naming,
    layer: options.layer ?? 'adapter',
    description: options.description ?? `The ${naming.kebab} library.`,
  });
  return finish(tree, [
    'npm install, so that others can import it',
    `its README.md: usage, requirements, failure modes`,
  ]);
}
