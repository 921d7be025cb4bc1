import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { pickPort, startTestCloud } from '@lethe/local-cloud';
import { environmentOf, loadSecrets, provisionStore, storeServices } from '@lethe/store';
import { buildahMissing, openBuildah } from './buildah.js';
import { BuildahError, NotProvenError } from './images.errors.js';
import { prove } from './prove.js';

// Entry of `nx run @lethe/images:prove`: an image of a service (default: orders), built and run without a Docker engine.

const NOBODY = 'http://127.0.0.1:9';
const NOT_SHOWN = `not shown: the stages "workspace" and "bundle" inside a container (npm ci and the build ran in this checkout), the two bases
  as their registries have them (what stands in for them is this machine's Node and its libraries), other platforms than this`;

async function proveService(name: string): Promise<void> {
  const service = storeServices.find((one) => one.name === name);
  if (!service) throw new NotProvenError(`there is no service ${name}`);
  const buildah = openBuildah();
  const cloud = await startTestCloud();
  try {
    Object.assign(process.env, cloud.env);
    await provisionStore(cloud.env['AWS_REGION'] ?? '');
    const databaseUrl = await cloud.ensureDatabase(`image_${name}`);
    const names = storeServices.map((one) => one.name);
    const { NODE_COMPILE_CACHE: _, ...env } = environmentOf(service, {
      aws: cloud.env,
      publicUrl: NOBODY,
      paymentUrl: NOBODY,
      databaseUrl: () => databaseUrl,
      secrets: loadSecrets(join(mkdtempSync(join(buildah.folder, 'secrets-')), 'secrets'), names, undefined),
      logLevel: 'warn',
      compileCache: '',
    });
    await prove(buildah, { service: name, port: await pickPort(), env }, (line) => console.info(`shown: ${line}`));
    console.info(NOT_SHOWN);
  } finally {
    await cloud.stop();
    buildah.close();
  }
}

const missing = buildahMissing();
if (missing !== undefined) {
  console.info(`skipped: ${missing}`);
} else {
  try {
    await proveService(process.argv[2] ?? 'orders');
  } catch (error) {
    if (!(error instanceof NotProvenError) && !(error instanceof BuildahError)) throw error;
    console.error(`not so: ${error.message}`);
    process.exitCode = 1;
  }
}
