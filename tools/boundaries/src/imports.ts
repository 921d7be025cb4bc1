import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import type { Project } from './projects.js';

/** The packages that a project's files import, in production and in tests apart. */
export interface ImportedPackages {
  readonly production: ReadonlySet<string>;
  readonly tests: ReadonlySet<string>;
}

const SOURCES = ['src/**/*.{ts,tsx,mts,js,mjs}', 'test/**/*.{ts,tsx,mts,js,mjs}'];
const TEST_FILE = /(^|\/)test\/|\.(spec|int-spec|e2e-spec)\.[a-z]+$/;

/** The package an import leads to: `@scope/name` or `name`; undefined for a relative path or a part of Node. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || isBuiltin(specifier)) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A package that is only located, by createRequire or import.meta, and never imported. A promise's resolve is no such. */
const LOCATED = /(?:import\.meta|\brequire|\))\.resolve\(\s*'(@?[a-z][^']*)'/g;

/** Reads every import, re-export, `import()` and `import type` of a project, and every package it locates. */
export function importsOf({ root, folder }: Project): ImportedPackages {
  const production = new Set<string>();
  const tests = new Set<string>();
  for (const file of globSync(SOURCES, { cwd: join(root, folder) })) {
    const target = TEST_FILE.test(file.replaceAll('\\', '/')) ? tests : production;
    // A method of the name require is not Node's.
    const text = readFileSync(join(root, folder, file), 'utf8').replaceAll('.require(', '.method(');
    const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    const located = [...text.matchAll(LOCATED)].map(([, name = '']) => name);
    for (const specifier of [...imported, ...located]) {
      const name = packageOf(specifier);
      if (name !== undefined) target.add(name);
    }
  }
  return { production, tests };
}
