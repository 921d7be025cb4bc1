import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BenchProcessError } from '../bench.errors.js';
import type { ProcessReport } from './job.js';

/** The jobs that have a process of their own, by their entries. */
export type Entry = 'consume' | 'send' | 'relay' | 'backlog' | 'latency' | 'load' | 'guard';

export interface RunOptions {
  /** In addition to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** For Node itself, such as `--cpu-prof`. */
  readonly flags?: readonly string[];
}

/** Runs a job in a process of its own, and gives its result. Throws a {@link BenchProcessError}. */
export function runProcess<Result>(entry: Entry, job: object, { env, flags = [] }: RunOptions): Promise<Result> {
  // From src (tests) and from dist alike: child processes run compiled code.
  const file = fileURLToPath(new URL(`../../dist/processes/${entry}-main.js`, import.meta.url));
  const child = spawn(
    process.execPath,
    [...flags, '--disable-warning=ExperimentalWarning', file, JSON.stringify(job)],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    },
  );
  return new Promise((resolve, reject) => {
    let report: ProcessReport<Result> | undefined;
    child.once('message', (message: ProcessReport<Result>) => {
      report = message;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (report?.type === 'result') resolve(report.result);
      else
        reject(
          new BenchProcessError(`${entry} ${JSON.stringify(job)}`, report?.reason ?? `ended with ${signal ?? code}`),
        );
    });
  });
}
