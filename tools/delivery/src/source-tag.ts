import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { RunCommand } from './run-command.js';

const manifestSchema = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** What goes into every image besides its app: how it is bundled, and what it is bundled from. */
const COMMON = ['docker', 'tools/images', 'package.json', 'package-lock.json', 'nx.json', 'tsconfig.base.json'];
const BUILD = 'tsconfig.build.base.json';

/** The folders of an app and of all that it depends on in this workspace, from their manifests. */
export function foldersOf(app: string, root: string): string[] {
  const manifests = new Map(
    globSync('{apps,libs,tools}/*/package.json', { cwd: root }).map((file) => {
      const { name, dependencies } = manifestSchema.parse(JSON.parse(readFileSync(join(root, file), 'utf8')));
      return [name, { folder: dirname(file), dependencies: Object.keys(dependencies) }] as const;
    }),
  );
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const found = manifests.get(name);
    if (found === undefined || seen.has(found.folder)) return;
    seen.add(found.folder);
    found.dependencies.forEach(visit);
  };
  visit(`@lethe/${app}`);
  return [...seen].sort();
}

/**
 * The tag of an image: a hash over the trees, as Git names them, of everything that it is made of. The same sources are
 * the same tag, so that nothing is built twice, whichever commit asks for it, and a step can be repeated although tags
 * cannot be moved.
 */
export async function sourceTag(app: string, root: string, run: RunCommand): Promise<string> {
  const paths = [...foldersOf(app, root), ...COMMON, BUILD];
  const trees = await run('git', ['rev-parse', ...paths.map((path) => `HEAD:${path}`)], { cwd: root });
  return `src-${createHash('sha256').update(trees).digest('hex').slice(0, 32)}`;
}
