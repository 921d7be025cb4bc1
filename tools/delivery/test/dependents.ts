import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: {
    readonly implicitDependencies?: readonly string[];
    readonly targets?: Readonly<Record<string, { readonly inputs?: readonly unknown[] }>>;
  };
}

/** Whether a target of a project reads the file, although it is not the project's own. */
function reads({ nx }: Manifest, file: string): boolean {
  const inputs = Object.values(nx?.targets ?? {}).flatMap(({ inputs: declared = [] }) => declared);
  return inputs.some(
    (input) => typeof input === 'string' && matchesGlob(file, input.replace(/^\{workspaceRoot\}\//, '')),
  );
}

/**
 * The project whose file it is, projects that declare to read that file, and all that depend on them, over however many
 * others: from the manifests alone, without nx.
 */
export function dependentsOf(file: string, root: string): string[] {
  const folder = file.split('/').slice(0, 2).join('/');
  const manifests = globSync('{apps,libs,tools}/*/package.json', { cwd: root }).map((path) => ({
    path,
    manifest: JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest,
  }));
  const touched = manifests.filter(({ path, manifest }) => path.startsWith(`${folder}/`) || reads(manifest, file));
  const found = new Set(touched.map(({ manifest }) => manifest.name));
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { name, dependencies, devDependencies, nx } of manifests.map(({ manifest }) => manifest)) {
      const uses = [...Object.keys({ ...dependencies, ...devDependencies }), ...(nx?.implicitDependencies ?? [])];
      if (uses.some((one) => found.has(one))) found.add(name);
    }
  }
  return [...found].sort();
}
