import { afterAll, describe, expect, it } from '@jest/globals';
import { dependencyFaults, peerFaults, versionFaults } from '../src/dependencies.js';
import { manifestFaults } from '../src/manifests.js';
import { type Manifest, type Project, findProjects } from '../src/projects.js';
import { ViolationWorkspace } from './violation-workspace.js';

const workspace = new ViolationWorkspace();
const projects = findProjects(workspace.root);
const library: Manifest = {
  name: '@lethe/sound',
  license: 'Apache-2.0',
  exports: { '.': './dist/index.js' },
  files: ['dist', 'README.md'],
  nx: { tags: ['layer:adapter'], targets: { build: {}, typecheck: {}, lint: {}, test: {} } },
};
const sound: Project = {
  root: workspace.root,
  folder: 'libs/sound',
  hasReadme: true,
  hasTypeScript: true,
  manifest: library,
};

afterAll(() => workspace.remove());

function faultsOf(folder: string): string[] {
  return projects
    .filter((project) => project.folder === folder)
    .flatMap((project) => dependencyFaults(project, projects));
}

describe('dependencyFaults', () => {
  it('refuses a package that is imported and not declared', () => {
    expect(faultsOf('libs/packages-undeclared')).toEqual([
      'libs/packages-undeclared imports pg, undeclared',
      'libs/packages-undeclared imports zod, undeclared',
    ]);
  });

  it('refuses a package that is declared and not imported', () => {
    expect(faultsOf('libs/packages-unused')).toEqual(['libs/packages-unused declares zod, unused']);
  });

  it('lets a project pass whose declarations are its imports', () => {
    expect(faultsOf('libs/adapter-leaf')).toEqual([]);
    expect(faultsOf('libs/packages-peer')).toEqual([]);
    expect(faultsOf('libs/packages-located')).toEqual([]);
  });
});

describe('versionFaults', () => {
  it('refuses ranges and two versions of one package', () => {
    const first = { ...sound, manifest: { ...library, dependencies: { pg: '8.23.1', zod: '^4.6.7' } } };
    const second = { ...sound, folder: 'libs/other', manifest: { ...library, dependencies: { pg: '8.22.0' } } };

    expect(versionFaults([first, second])).toEqual([
      'libs/sound wants zod ^4.6.7, not exact',
      'pg is wanted in two versions: 8.23.1 (libs/sound), 8.22.0 (libs/other)',
    ]);
  });
});

describe('peerFaults', () => {
  const optional = { pg: { optional: true } };

  it('lets a library pass whose peers are optional and tested in their range', () => {
    const manifest = { ...library, peerDependenciesMeta: optional, peerDependencies: { pg: '^8.22.0' } };
    const versions = ['8.22.0', '8.22.1', '8.23.0'];

    for (const pg of versions)
      expect(peerFaults([{ ...sound, manifest: { ...manifest, devDependencies: { pg } } }])).toEqual([]);
  });

  it.each([
    ['^8.23.1', '8.23.0'],
    ['^8.23.1', '8.22.9'],
    ['^8.23.1', '9.0.0'],
    ['*', '8.23.1'],
  ])('refuses a peer %s that is tested with %s', (range, pg) => {
    const manifest = { ...library, peerDependenciesMeta: optional, peerDependencies: { pg: range } };

    expect(peerFaults([{ ...sound, manifest: { ...manifest, devDependencies: { pg } } }])).toEqual([
      `libs/sound admits pg ${range} and is tested with ${pg}`,
    ]);
  });

  it('refuses a peer that everybody would have to install, and one that nothing tests', () => {
    expect(peerFaults([{ ...sound, manifest: { ...library, peerDependencies: { pg: '^8.23.1' } } }])).toEqual([
      'libs/sound demands the peer pg',
      'libs/sound admits pg ^8.23.1 and is tested with nothing',
    ]);
  });
});

describe('manifestFaults', () => {
  it('lets a sound library pass', () => {
    expect(manifestFaults(sound)).toEqual([]);
  });

  it.each<[string, Partial<Project>, Partial<Manifest>]>([
    ['has 0 layer tags, not one', {}, { nx: { tags: [], targets: library.nx?.targets ?? {} } }],
    [
      'is tagged layer:app, which does not live there',
      {},
      { nx: { tags: ['layer:app'], targets: library.nx?.targets ?? {} } },
    ],
    ['lacks the targets build, typecheck, test', {}, { nx: { tags: ['layer:adapter'], targets: { lint: {} } } }],
    ['states no licence', {}, { license: 'UNLICENSED' }],
    ['is a library without an exports map', {}, { exports: undefined }],
    ['is a library that cannot be published', {}, { private: true }],
    ['is a library that would publish no dist', {}, { files: [] }],
    ['is a library without a README.md', { hasReadme: false }, {}],
  ])('refuses a library that %s', (fault, project, manifest) => {
    expect(manifestFaults({ ...sound, ...project, manifest: { ...library, ...manifest } })).toEqual([
      `libs/sound ${fault}`,
    ]);
  });

  it('refuses an app that could be published', () => {
    const app = { ...library, nx: { tags: ['layer:app'], targets: library.nx?.targets ?? {} } };

    expect(manifestFaults({ ...sound, folder: 'apps/shop', manifest: app })).toEqual([
      'apps/shop is no library and must be private',
    ]);
  });
});
