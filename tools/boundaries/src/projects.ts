import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a `package.json` that the rules of the workspace speak of. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly exports?: unknown;
  readonly files?: readonly string[];
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[]; readonly targets?: Readonly<Record<string, unknown>> };
}

/** A project of the workspace. `folder` is relative to the root, with forward slashes. */
export interface Project {
  readonly root: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly hasReadme: boolean;
  /** Whether there is TypeScript to build; a folder of static files has none. */
  readonly hasTypeScript: boolean;
}

/** The manifest in a folder. Throws where there is none or it is not JSON. */
export function readManifest(folder: string): Manifest {
  // A package.json that npm has installed has this shape; the rules below judge what it lacks.
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Every project that the root's `workspaces` name, by folder. */
export function findProjects(root: string): Project[] {
  const patterns = readManifest(root).workspaces ?? [];
  return patterns
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .sort()
    .map((file) => {
      const folder = file.replaceAll('\\', '/').replace(/\/package\.json$/, '');
      return {
        root,
        folder,
        manifest: readManifest(join(root, folder)),
        hasReadme: existsSync(join(root, folder, 'README.md')),
        hasTypeScript: existsSync(join(root, folder, 'tsconfig.json')),
      };
    });
}
