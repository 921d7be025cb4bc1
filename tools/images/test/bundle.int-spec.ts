import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleService } from '../src/bundle-service.js';
import { bundleEmptyService } from '../src/empty-service.js';
import { stamp } from '../src/stamp.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file with its bytes and its time. */
function contentOf(bundle: string): Record<string, readonly [bytes: string, seconds: number]> {
  const files = readdirSync(bundle, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(bundle.length), [readFileSync(path, 'base64'), statSync(path).mtimeMs / 1_000]];
    }),
  );
}

describe('bundleService', () => {
  it('R39: gives the same bytes twice, and with SOURCE_DATE_EPOCH the same times', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    for (const bundle of [one, two]) {
      await bundleService('catalog', bundle);
      stamp(bundle, 1_700_000_000);
    }

    const content = contentOf(one);
    expect(Object.keys(content)).toContain('/main.mjs');
    // Not toEqual: what it would print of a difference is megabytes.
    expect(JSON.stringify(content) === JSON.stringify(contentOf(two))).toBe(true);
  }, 60_000);
});

describe('bundleEmptyService', () => {
  it('holds the packages of the service, and none of its code', async () => {
    const service = await bundleService('catalog', join(folder, 'service'));
    const empty = await bundleEmptyService('catalog', join(folder, 'empty'));

    expect(empty.packages.filter((name) => !service.packages.includes(name))).toEqual([]);
    expect(empty.packages).toEqual(expect.arrayContaining(['@nestjs/core', 'typeorm', 'pg', 'fastify', 'zod']));
    expect(Object.keys(empty.metafile.inputs).filter((path) => /^(?:libs|apps)\/[^/]+\/dist/.test(path))).toEqual([]);
    expect(empty.bytes / service.bytes).toBeGreaterThan(0.85);
  }, 60_000);
});
