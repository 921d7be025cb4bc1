import type { ProcessReport } from './job.js';

/** Does the job of this process, tells its parent what came of it, and ends. */
export async function work<Job, Result>(run: (job: Job) => Promise<Result>): Promise<void> {
  process.once('disconnect', () => process.exit(1));
  let report: ProcessReport<Result>;
  try {
    report = { type: 'result', result: await run(JSON.parse(process.argv[2] ?? '{}') as Job) };
  } catch (error) {
    report = { type: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(report, undefined, undefined, () => process.exit(0));
}
