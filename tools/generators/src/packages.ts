import { type GeneratorCallback, type Tree, joinPathFragments } from '@nx/devkit';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { GeneratorError } from './generators.errors.js';
import { readText } from './source-edit.js';

const manifestSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});

/** The versions of packages that the workspace's projects already want, its own packages among them. */
export function knownVersions(tree: Tree): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const folder of ['libs', 'apps', 'tools'].flatMap((top) => tree.children(top).map((name) => `${top}/${name}`))) {
    const path = joinPathFragments(folder, 'package.json');
    if (!tree.exists(path)) continue;
    const { name, version, dependencies, devDependencies } = manifestSchema.parse(JSON.parse(readText(tree, path)));
    for (const entry of Object.entries({ ...devDependencies, ...dependencies })) versions.set(...entry);
    if (name !== undefined && version !== undefined) versions.set(name, version);
  }
  return versions;
}

/** The `dependencies` of a new project. Throws a {@link GeneratorError} for a package that no project wants yet. */
export function dependenciesOf(tree: Tree, names: readonly string[]): Record<string, string> {
  const known = knownVersions(tree);
  return Object.fromEntries(
    names.toSorted().map((name) => {
      const version = known.get(name);
      if (version === undefined) throw new GeneratorError(`no project of the workspace depends on ${name}`);
      return [name, version];
    }),
  );
}

/** Throws a {@link GeneratorError} where the folder or the package is there already. */
export function assertFree(tree: Tree, folder: string, name: string): void {
  if (tree.exists(folder)) throw new GeneratorError(`${folder} exists`);
  if (knownVersions(tree).has(name)) throw new GeneratorError(`${name} exists`);
}

/** Formats what was generated once it is on disk, and says what is left to do. */
export function finish(tree: Tree, nextSteps: readonly string[]): GeneratorCallback {
  const changed = tree
    .listChanges()
    .filter(({ type }) => type !== 'DELETE')
    .map(({ path }) => path);
  return () => {
    execFileSync(join(tree.root, 'node_modules/.bin/oxfmt'), changed, { cwd: tree.root, stdio: 'inherit' });
    process.stdout.write(`\nNext:\n${nextSteps.map((step) => `- ${step}\n`).join('')}`);
  };
}
