import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { NOTHING, affectedProjects, affectedServices, baseOf } from '../src/affected.js';
import { runCommand } from '../src/run-command.js';
import { sourceTag } from '../src/source-tag.js';
import { Clone } from './clone.js';
import { dependentsOf } from './dependents.js';

/** Some seconds where the machine is its own. */
const PATIENCE_MS = 180_000;

jest.setTimeout(PATIENCE_MS);

describe('what is affected', () => {
  let clone: Clone;
  let base: string;
  const change = (file: string, text: string): void => {
    appendFileSync(join(clone.root, file), text);
    clone.git('commit', '--quiet', '--all', '--no-verify', '--message', `test: ${file}`);
  };
  const services = storeServices.map(({ name }) => name);

  beforeAll(() => {
    clone = new Clone();
    base = clone.git('rev-parse', 'HEAD');
  });
  afterAll(() => clone.remove());

  it('is, after touching one library, exactly its dependents, as the manifests have them', async () => {
    change('libs/cache/src/index.ts', '\n// touched\n');

    const projects = await affectedProjects(base, clone.root, runCommand);

    const expected = dependentsOf('libs/cache/src/index.ts', clone.root);
    expect(projects.toSorted()).toEqual(expected);
    expect(expected).toEqual(expect.arrayContaining(['@lethe/cache', '@lethe/catalog']));
    expect(expected).not.toContain('@lethe/messaging');
  });

  it('is everything before the first deployment, and where the commit deployed is of another history', async () => {
    expect(await baseOf(undefined, clone.root, runCommand)).toBe(NOTHING);
    expect(await baseOf('0123456789012345678901234567890123456789', clone.root, runCommand)).toBe(NOTHING);
    expect(await baseOf(base, clone.root, runCommand)).toBe(base);
    const projects = await affectedProjects(NOTHING, clone.root, runCommand);
    expect(projects).toEqual(expect.arrayContaining(services.map((name) => `@lethe/${name}`)));
  });

  it('is the image of every service after touching how images are made, although no service depends on that', async () => {
    const before = clone.git('rev-parse', 'HEAD');
    change('docker/healthcheck.mjs', '\n// touched\n');

    expect(await affectedServices(before, clone.root, runCommand)).toEqual(services);
  });

  it('has images of new sources, and what is unaffected has the image that it had', async () => {
    const tags = () => Promise.all(services.map((service) => sourceTag(service, clone.root, runCommand)));
    const before = await tags();

    change('apps/orders/src/main.ts', '\n// touched\n');

    const changed = (await tags()).map((tag, at) => (tag === before[at] ? [] : [services[at]]));
    expect(changed.flat()).toEqual(['orders']);
  });

  it('is built, and what is unaffected comes out of the cache', async () => {
    const build = (): Promise<string> => clone.nx('run', '@lethe/valkey:build', '--output-style=static');
    const first = await build();
    change('libs/valkey/src/index.ts', '\nexport const touched = true;\n');
    const touched = await build();

    const built = (output: string): string[] =>
      [...output.matchAll(/nx run (@lethe\/[\w-]+):build(.*)/g)].flatMap(([, project = '', state = '']) =>
        /cache/.test(state) ? [] : [project],
      );
    expect(built(first)).toEqual(expect.arrayContaining(['@lethe/kernel', '@lethe/valkey']));
    expect(built(touched)).toEqual(['@lethe/valkey']);
  });
});
