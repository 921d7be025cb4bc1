import { startGuardedApp } from '../identity/guarded-app.js';
import type { GuardJob, LoadJob, LoadResult } from './job.js';
import { work } from './report.js';
import { runProcess } from './run-process.js';

// Entry of a server with an open and a guarded route, which has itself asked by a process of its own.

await work<GuardJob, LoadResult>(async (extent) => {
  const { port, token } = await startGuardedApp();
  const job: LoadJob = { port, token, paths: ['/open', '/guarded'], cpuPath: '/cpu', connections: 8, ...extent };
  return runProcess<LoadResult>('load', job, { env: {} });
});
