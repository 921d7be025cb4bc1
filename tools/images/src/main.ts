import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleService } from './bundle-service.js';
import { NotBuiltError } from './images.errors.js';
import { stamp } from './stamp.js';

// Entry of the bundling: `node tools/images/dist/main.js SERVICE FOLDER`, what the image of a service has in /app.

const HEALTHCHECK = fileURLToPath(new URL('../../../docker/healthcheck.mjs', import.meta.url));

const { positionals } = parseArgs({ allowPositionals: true });
const [service, folder] = positionals;
const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0);
if (service === undefined || folder === undefined || !Number.isSafeInteger(epoch)) {
  console.error('[SOURCE_DATE_EPOCH=<seconds>] node tools/images/dist/main.js SERVICE FOLDER');
  process.exitCode = 2;
} else {
  try {
    const { bytes, programs, packages } = await bundleService(service, folder);
    copyFileSync(HEALTHCHECK, join(folder, 'healthcheck.mjs'));
    stamp(folder, epoch);
    const size = (bytes / 1_000_000).toFixed(1);
    console.info(`${service}: ${programs.join(', ')} of ${packages.length} packages, ${size} MB in ${folder}`);
  } catch (error) {
    if (!(error instanceof NotBuiltError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
