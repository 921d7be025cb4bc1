import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from './imports.js';
import { type Project, readManifest } from './projects.js';

/** Packages that an installed one asks its user to provide, optional ones too: they are used without being imported. */
function peersOf(root: string, names: Iterable<string>): Set<string> {
  const peers = new Set<string>();
  for (const name of names) {
    const folder = join(root, 'node_modules', name);
    if (!existsSync(join(folder, 'package.json'))) continue;
    for (const peer of Object.keys(readManifest(folder).peerDependencies ?? {})) peers.add(peer);
  }
  return peers;
}

/**
 * What a project declares against what it imports: a package imported by production code is in `dependencies`, and
 * nothing else is. Tests may also use `devDependencies`, those of the root, and the workspace's `layer:dev` projects.
 */
export function dependencyFaults(project: Project, projects: readonly Project[]): string[] {
  const { manifest, root, folder } = project;
  const { production, tests } = importsOf(project);
  const dev = projects.filter(({ manifest: { nx } }) => nx?.tags?.includes('layer:dev')).map((p) => p.manifest.name);
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const forTests = new Set([
    ...declared,
    ...Object.keys(manifest.devDependencies ?? {}),
    ...Object.keys(readManifest(root).devDependencies ?? {}),
    ...dev,
    manifest.name,
  ]);
  // A tool is installed with what its tests need; an image or a published package is not.
  const used = manifest.nx?.tags?.includes('layer:tool') ? new Set([...production, ...tests]) : production;
  const peers = peersOf(root, used);
  return [
    ...[...production].filter((name) => !declared.includes(name)).map((name) => `imports ${name}, undeclared`),
    ...[...tests].filter((name) => !forTests.has(name)).map((name) => `imports ${name} in tests, undeclared`),
    ...declared.filter((name) => !used.has(name) && !peers.has(name)).map((name) => `declares ${name}, unused`),
  ].map((fault) => `${folder} ${fault}`);
}

/** External packages must be pinned exactly, and to one version in the whole workspace. */
export function versionFaults(projects: readonly Pick<Project, 'folder' | 'manifest'>[]): string[] {
  const versions = new Map<string, Map<string, string>>();
  const faults: string[] = [];
  for (const { folder, manifest } of projects) {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      if (!/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        faults.push(`${folder} wants ${name} ${version}, not exact`);
      const seen = versions.get(name) ?? new Map<string, string>();
      versions.set(name, seen.set(version, seen.get(version) ?? folder));
    }
  }
  for (const [name, seen] of versions) {
    if (seen.size < 2) continue;
    const list = [...seen].map(([version, folder]) => `${version} (${folder})`).join(', ');
    faults.push(`${name} is wanted in two versions: ${list}`);
  }
  return faults;
}

/** Whether `^range` admits an exact version: the same major, and not older. */
function admits(range: string, version: string): boolean {
  const [least, given] = [/^\^(\d+)\.(\d+)\.(\d+)$/.exec(range), /^(\d+)\.(\d+)\.(\d+)$/.exec(version)].map((match) =>
    match?.slice(1).map(Number),
  );
  if (least === undefined || given === undefined || least[0] !== given[0]) return false;
  const at = least.findIndex((part, index) => part !== given[index]);
  return at < 0 || (given[at] ?? 0) > (least[at] ?? 0);
}

/**
 * What a library says of the frameworks it can be used with: each is optional, so that nobody installs one for the sake
 * of another, and the range admits the exact version that the library is tested with.
 */
export function peerFaults(projects: readonly Pick<Project, 'folder' | 'manifest'>[]): string[] {
  return projects.flatMap(({ folder, manifest }) =>
    Object.entries(manifest.peerDependencies ?? {}).flatMap(([name, range]) => {
      const tested = manifest.devDependencies?.[name] ?? 'nothing';
      return [
        ...(manifest.peerDependenciesMeta?.[name]?.optional === true ? [] : [`${folder} demands the peer ${name}`]),
        ...(admits(range, tested) ? [] : [`${folder} admits ${name} ${range} and is tested with ${tested}`]),
      ];
    }),
  );
}
