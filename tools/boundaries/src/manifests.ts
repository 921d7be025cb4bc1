import type { Project } from './projects.js';

/** Where the projects of a layer live. */
const FOLDERS: Readonly<Record<string, RegExp>> = {
  'layer:base': /^libs\//,
  'layer:adapter': /^libs\//,
  'layer:platform': /^libs\//,
  'layer:dev': /^libs\//,
  'layer:app': /^apps\//,
  'layer:tool': /^(tools\/|apps\/(e2e|infra)$)/,
};

/** What a project's manifest must say: one layer, the folder of that layer, its targets; a library can be published. */
export function manifestFaults({ folder, manifest, hasReadme, hasTypeScript }: Project): string[] {
  const layers = (manifest.nx?.tags ?? []).filter((tag) => tag.startsWith('layer:'));
  const [layer = ''] = layers;
  const isLibrary = folder.startsWith('libs/');
  const targets = hasTypeScript ? ['build', 'typecheck', 'lint', 'test'] : ['lint'];
  const lacking = targets.filter((target) => !(target in (manifest.nx?.targets ?? {})));
  return [
    ...(layers.length === 1 ? [] : [`has ${layers.length} layer tags, not one`]),
    ...(layers.length === 1 && !FOLDERS[layer]?.test(folder) ? [`is tagged ${layer}, which does not live there`] : []),
    ...(lacking.length === 0 ? [] : [`lacks the targets ${lacking.join(', ')}`]),
    ...(manifest.license === 'Apache-2.0' ? [] : ['states no licence']),
    ...(isLibrary && manifest.exports === undefined ? ['is a library without an exports map'] : []),
    ...(isLibrary && manifest.private === true ? ['is a library that cannot be published'] : []),
    ...(isLibrary && !manifest.files?.includes('dist') ? ['is a library that would publish no dist'] : []),
    ...(!isLibrary && manifest.private !== true ? ['is no library and must be private'] : []),
    ...(isLibrary && !hasReadme ? ['is a library without a README.md'] : []),
  ].map((fault) => `${folder} ${fault}`);
}
