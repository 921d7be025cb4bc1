import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleService } from '@lethe/images';
import { type Cloud, pickPort, startTestCloud } from '@lethe/local-cloud';
import { environmentOf, loadSecrets, provisionStore, storeServices } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { contentOf, startContained, watched } from '../src/contained.js';

const names = storeServices.map(({ name }) => name);
/** What a container holds beside Node, at most. */
const MOST_BYTES = 60_000_000;

let cloud: Cloud;
let directory: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  cloud = await startTestCloud();
  Object.assign(process.env, cloud.env);
  await provisionStore(cloud.env['AWS_REGION'] ?? '');
  directory = mkdtempSync(join(tmpdir(), 'lethe-containers-'));
  chmodSync(directory, 0o755);
}, 120_000);
afterEach(() => {
  running?.kill('SIGKILL');
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

describe('the bundle of a service', () => {
  it.each(storeServices.map((service) => [service.name, service] as const))(
    'R39 S58: %s is all it needs: it migrates, serves and drains, reading nothing else and writing nothing',
    async (name, service) => {
      const [bundle, cwd] = [join(directory, name), join(directory, `${name}-cwd`)];
      mkdirSync(cwd);
      const { bytes } = await bundleService(name, bundle);
      const before = contentOf(bundle);
      const databaseUrl = await cloud.ensureDatabase(`contained_${name}`);
      const { NODE_COMPILE_CACHE: _, ...declared } = environmentOf(service, {
        aws: cloud.env,
        publicUrl: 'http://127.0.0.1:9',
        paymentUrl: 'http://127.0.0.1:9',
        databaseUrl: () => databaseUrl,
        secrets: loadSecrets(join(directory, 'secrets'), names, undefined),
        logLevel: 'info',
        compileCache: '',
      });
      const port = await pickPort();
      // No balancer has to notice that it goes.
      const env = { ...declared, HOST: '127.0.0.1', PORT: String(port), DRAIN_DELAY_MS: '0' };

      const migrating = watched(startContained({ bundle, program: 'migrate', cwd, env }));
      const migrated = await migrating.ended;
      expect(migrated === 0 ? '' : migrating.printed()).toBe('');
      running = startContained({ bundle, program: 'main', cwd, env });
      const { printed, ended } = watched(running);
      await eventually(
        async () => {
          if (running?.exitCode !== null) throw new Error(printed());
          const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`);
          expect(status).toBe(200);
        },
        { timeoutMs: 30_000 },
      );
      const openapi = await fetch(`http://127.0.0.1:${port}/${name}/openapi.json`);
      const page = await fetch(`http://127.0.0.1:${port}/${name}/docs/swagger-ui-bundle.js`);
      running.kill('SIGTERM');

      expect([openapi.status, page.status]).toEqual([200, 200]);
      expect(await ended).toBe(0);
      expect(contentOf(bundle)).toEqual(before);
      expect(contentOf(cwd)).toEqual({});
      expect(bytes).toBeLessThan(MOST_BYTES);
    },
    120_000,
  );
});
