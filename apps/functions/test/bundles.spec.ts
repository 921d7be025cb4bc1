import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storeFunctions } from '@lethe/contracts';
import { type Bundle, bundleFunctions } from '../bundling/bundle-functions.ts';

/** What nobody should wait for while a function starts. */
const FRAMEWORKS = /^(@nestjs\/|rxjs$|reflect-metadata$|typeorm$|pg$|fastify|express|pino|@opentelemetry\/)/;

describe('the bundles of the functions', () => {
  let folder: string;
  let bundles: Bundle[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-bundles-'));
    bundles = await bundleFunctions(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are one of each function that is declared, and of no other', () => {
    const declared = storeFunctions.map(({ handler }) => handler);

    expect(bundles.map(({ handler }) => handler).toSorted()).toEqual(declared.toSorted());
  });

  it('have less than 1 MB each, the SDK in it, and but for native code all that they need', () => {
    for (const { handler, bytes, external } of bundles) {
      expect({ handler, small: bytes < 1_000_000 }).toEqual({ handler, small: true });
      const packages = external.filter((name) => !builtinModules.includes(name));
      expect({ handler, packages }).toEqual({ handler, packages: handler === 'resize-image' ? ['sharp'] : [] });
    }
  });

  it('hold no framework', () => {
    const found = bundles.flatMap(({ handler, packages }) =>
      packages.filter((name) => FRAMEWORKS.test(name)).map((name) => `${handler}: ${name}`),
    );

    expect(found).toEqual([]);
  });

  it('run by themselves, far from the packages that they were made of', async () => {
    const event = { request: { userAttributes: { 'custom:account_id': 'an-account' } }, response: {} };
    const program = `const { handler } = await import(process.argv[1]);
      console.info(JSON.stringify(await handler(JSON.parse(process.argv[2]))));`;
    const file = join(folder, 'add-claims', 'index.mjs');

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program, file, JSON.stringify(event)],
      { cwd: folder },
    );

    expect(JSON.parse(stdout)).toMatchObject({ response: { claimsAndScopeOverrideDetails: expect.anything() } });
  });
});
