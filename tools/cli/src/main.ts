import { run } from './run.js';

process.exitCode = await run(process.argv.slice(2), { env: process.env, cwd: process.cwd() });
