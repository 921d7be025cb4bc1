import { parseArgs } from 'node:util';
import { bundleService } from './bundle-service.js';
import { NotBuiltError } from './images.errors.js';

// Entry of the bundling: `node tools/images/dist/main.js SERVICE FOLDER`.

const { positionals } = parseArgs({ allowPositionals: true });
const [service, folder] = positionals;
if (service === undefined || folder === undefined) {
  console.error('node tools/images/dist/main.js SERVICE FOLDER');
  process.exitCode = 2;
} else {
  try {
    const { bytes, programs, packages } = await bundleService(service, folder);
    const size = (bytes / 1_000_000).toFixed(1);
    console.info(`${service}: ${programs.join(', ')} of ${packages.length} packages, ${size} MB in ${folder}`);
  } catch (error) {
    if (!(error instanceof NotBuiltError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
