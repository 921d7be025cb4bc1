import { expect, it } from '@jest/globals';
import { readmeFiles } from './readme-files.js';

it('takes the blocks that name a file, as they stand', () => {
  const markdown =
    '# x\n\n```ts\n// a.ts: why\nconst a = 1;\n```\n\n```ts\nconst b = 2;\n```\n\n```ts\n// c.ts\nconst c = 3;\n```\n';
  expect([...readmeFiles(markdown)]).toEqual([
    ['a.ts', 'const a = 1;\n'],
    ['c.ts', 'const c = 3;\n'],
  ]);
});
