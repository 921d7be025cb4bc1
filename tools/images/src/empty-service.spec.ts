import { describe, expect, it } from '@jest/globals';
import { emptyService, importedBy } from './empty-service.js';

const SOURCES: Readonly<Record<string, string>> = {
  'libs/a/dist/a.js': `import { A, B as C } from 'one';
import two, { D } from 'two';
import * as three from '@x/three';
import {} from 'types-only';
import { own } from './own.js';
import { join } from 'node:path';`,
  'libs/b/dist/b.js': `export { E } from 'one';`,
};
const from = (original: string) => ({
  path: `node_modules/${original}/index.js`,
  kind: 'import-statement' as const,
  original,
});
const inputs = {
  'libs/a/dist/a.js': { bytes: 1, imports: ['one', 'two', '@x/three', 'types-only'].map(from) },
  'libs/b/dist/b.js': { bytes: 1, imports: [from('one')] },
  'node_modules/one/index.js': { bytes: 1, imports: [from('deep')] },
};

describe('an empty service', () => {
  const imported = importedBy({ inputs }, (path) => SOURCES[path] ?? '');

  it('imports the names that our code imports of packages, and nothing that packages import of each other', () => {
    expect(Object.fromEntries([...imported].map(([name, names]) => [name, [...names]]))).toEqual({
      one: ['A', 'B', 'E'],
      two: ['default', 'D'],
      '@x/three': ['*'],
    });
  });

  it('keeps what it imports, so that no bundler leaves it out', () => {
    const source = emptyService(imported);

    expect(source).toContain("import * as _0 from '@x/three';");
    expect(source).toContain("import { A as _1_0, B as _1_1, E as _1_2 } from 'one';");
    expect(source).toContain("import { D as _2_0, default as _2_1 } from 'two';");
    expect(source).toContain('globalThis.imported = [_0, _1_0, _1_1, _1_2, _2_0, _2_1];');
  });
});
