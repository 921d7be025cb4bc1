// A cloud in a process that a test can kill: prints what it started, once it is ready.
import { startCloud, startTestCloud } from '../../dist/index.js';

const [dataDir] = process.argv.slice(2);
const cloud = dataDir === undefined ? await startTestCloud() : await startCloud({ dataDir });
process.stdout.write(JSON.stringify({ env: cloud.env, services: cloud.services }));
process.once('SIGTERM', () => void cloud.stop());
