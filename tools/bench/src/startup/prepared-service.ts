import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleEmptyService, bundleService } from '@lethe/images';
import type { Cloud } from '@lethe/local-cloud';
import { type loadSecrets, environmentOf, type storeServices } from '@lethe/store';
import { BenchProcessError } from '../bench.errors.js';
import { builtFile } from '../orders/built-program.js';
import type { Startable } from './started-program.js';

type StoreService = (typeof storeServices)[number];
/** What the service is told in private. */
type Secrets = ReturnType<typeof loadSecrets>;

/** A program that is measured. */
export interface Contender extends Startable {
  readonly program: string;
  readonly of: 'service' | 'empty';
  readonly cached: boolean;
  readonly contentBytes: number;
}

/** Nothing listens there: neighbours may come and go while a service starts. */
const NOBODY = 'http://127.0.0.1:9';

/**
 * Bundles a service and an empty one beside it, fills the caches of both as an image does, and migrates the service's
 * database. Gives the service and the empty one, without and with cache. Throws a {@link BenchProcessError}.
 */
export async function prepareService(
  service: StoreService,
  { cloud, secrets, folder }: { cloud: Cloud; secrets: Secrets; folder: string },
): Promise<Contender[]> {
  const { name } = service;
  const [bundle, empty] = [join(folder, name), join(folder, `${name}-empty`)];
  await bundleService(name, bundle);
  await bundleEmptyService(name, empty);
  const databaseUrl = await cloud.ensureDatabase(`startup_${name}`);
  const { NODE_COMPILE_CACHE: _, ...env } = environmentOf(service, {
    aws: cloud.env,
    publicUrl: NOBODY,
    paymentUrl: NOBODY,
    databaseUrl: () => databaseUrl,
    secrets,
    logLevel: 'warn',
    compileCache: '',
  });
  run([join(bundle, 'migrate.mjs')], env);
  return [
    ...withAndWithout({ program: name, of: 'service', bundle, env }),
    ...withAndWithout({
      program: `empty, packages of ${name}`,
      of: 'empty',
      bundle: empty,
      env: { NODE_ENV: 'production' },
    }),
  ];
}

function withAndWithout(contender: Pick<Contender, 'program' | 'of' | 'bundle' | 'env'>): Contender[] {
  const { bundle } = contender;
  const cache = `${bundle}-cache`;
  run([builtFile('docker/compile.mjs'), cache, join(bundle, 'main.mjs')], {});
  const bytes = bytesOf(bundle);
  return [
    { ...contender, cached: false, compileCache: undefined, contentBytes: bytes },
    { ...contender, cached: true, compileCache: cache, contentBytes: bytes + bytesOf(cache) },
  ];
}

function run(program: readonly string[], env: Readonly<Record<string, string>>): void {
  const { status, stderr } = spawnSync(process.execPath, program, { env, encoding: 'utf8' });
  if (status !== 0) throw new BenchProcessError(program.join(' '), `ended with ${status}: ${stderr.slice(-2_000)}`);
}

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
