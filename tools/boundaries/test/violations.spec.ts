import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Complaint, ViolationWorkspace, workspaceRoot } from './violation-workspace.js';

const workspace = new ViolationWorkspace();
let complaints: Map<string, Complaint[]>;

beforeAll(async () => {
  const many = Array.from({ length: 401 }, (_, at) => `export const line${at} = ${at};`).join('\n');
  const long = Array.from({ length: 51 }, (_, at) => `  steps.push(${at});`).join('\n');
  writeFileSync(
    join(workspace.root, 'libs/house/src/too-many-lines.ts'),
    `// refused by eslint(max-lines): File has too many lines\n${many}\n`,
  );
  writeFileSync(
    join(workspace.root, 'libs/house/src/too-long-function.ts'),
    `// refused by eslint(max-lines-per-function): has too many lines\nexport function run(steps: number[]): void {\n${long}\n}\n`,
  );
  complaints = await workspace.lint();
  // The linter with types, over a workspace of its own: slow where the machine has other work.
}, 120_000);
afterAll(() => workspace.remove());

describe('the rules of the workspace', () => {
  it.each(workspace.violations().map(({ file }) => file))('refuse %s', (file) => {
    const expected = workspace.violations().find((violation) => violation.file === file)?.expected ?? [];

    const found = complaints.get(file) ?? [];

    expect(found).toHaveLength(expected.length);
    for (const { rule, text } of expected) expect(found).toContainEqual({ rule, text: expect.stringContaining(text) });
  });

  it('refuse a file of more than 400 lines and a function of more than 50', () => {
    const rules = ['too-many-lines', 'too-long-function'].map(
      (name) => complaints.get(`libs/house/src/${name}.ts`)?.[0]?.rule,
    );

    expect(rules).toEqual(['eslint(max-lines)', 'eslint(max-lines-per-function)']);
  });

  it('let the clean counterparts pass', () => {
    const clean = workspace.cleanFiles();

    expect(clean.length).toBeGreaterThan(15);
    expect(clean.flatMap((file) => complaints.get(file) ?? [])).toEqual([]);
  });

  it('have a violation for every pair of layers that they keep apart', () => {
    const files = workspace.violations().map(({ file }) => file);
    const missing = forbiddenPairs().filter(
      ({ from, to }) => !files.some((file) => file.endsWith(`/${from}/src/imports-${to}.ts`)),
    );

    expect(missing).toEqual([]);
  });

  it('fail the lint target of a project that breaks one, and pass that of a clean one', async () => {
    const [broken, clean] = [
      await workspace.run('nx', 'run', '@violations/adapter:lint'),
      await workspace.run('nx', 'run', '@violations/base-leaf:lint'),
    ];

    expect(broken.code).toBe(1);
    expect(broken.output).toContain('nx(enforce-module-boundaries)');
    expect(clean.code).toBe(0);
  });
});

const lintConfig = z.object({
  rules: z.object({
    'nx/enforce-module-boundaries': z.tuple([
      z.literal('error'),
      z.object({
        depConstraints: z.array(
          z.object({
            sourceTag: z.string(),
            onlyDependOnLibsWithTags: z.array(z.string()),
            notDependOnLibsWithTags: z.array(z.string()).default([]),
          }),
        ),
      }),
    ]),
  }),
});

function forbiddenPairs(): { from: string; to: string }[] {
  const text = readFileSync(join(workspaceRoot, '.oxlintrc.json'), 'utf8');
  const [, { depConstraints }] = lintConfig.parse(JSON.parse(text)).rules['nx/enforce-module-boundaries'];
  const layers = depConstraints.map(({ sourceTag }) => sourceTag);
  return depConstraints.flatMap(({ sourceTag, onlyDependOnLibsWithTags, notDependOnLibsWithTags }) => [
    ...layers.filter((layer) => !onlyDependOnLibsWithTags.includes(layer)).map((layer) => pair(sourceTag, layer)),
    ...notDependOnLibsWithTags.map(() => pair(sourceTag, 'layer:contracts')),
  ]);
}

function pair(from: string, to: string): { from: string; to: string } {
  return { from: from.replace('layer:', ''), to: to.replace('layer:', '') };
}
