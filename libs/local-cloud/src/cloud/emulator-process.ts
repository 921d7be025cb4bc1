import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmulatorOptions, type EmulatorReport } from '../emulators/emulator-options.js';
import { EmulatorStartError } from '../local-cloud.errors.js';
import { identityOf, type ProcessIdentity } from '../process-identity.js';

// From src (tests) and from dist alike: child processes run compiled code.
const ENTRY = fileURLToPath(new URL('../../dist/emulators/server-main.js', import.meta.url));

/** An embedded server's process, ready to serve. */
export interface EmulatorProcess {
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Settles when the process has ended, whatever the reason. */
  readonly exited: Promise<void>;
  /** Ends it in order; kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

function spawnEntry(options: EmulatorOptions, logFile: string): ChildProcess {
  const log = openSync(logFile, 'w');
  try {
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, JSON.stringify(options)], {
      // A session of its own: Ctrl-C in the terminal reaches the parent alone, which ends the services first.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', AWS_REGION: options.region, AWS_ACCOUNT_ID: options.accountId },
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Starts an embedded server in a process of its own and waits until it serves.
 *
 * @throws EmulatorStartError when it ended or reported a failure instead.
 */
export async function startEmulatorProcess(options: EmulatorOptions, logDir: string): Promise<EmulatorProcess> {
  mkdirSync(logDir, { recursive: true });
  const logFile = join(logDir, `${options.kind}.log`);
  const child = spawnEntry(options, logFile);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string, code?: string) => reject(new EmulatorStartError(options.kind, reason, logFile, code));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`its process ended with ${signal ?? code}`));
    child.on('message', (report: EmulatorReport) => {
      if (report.type === 'ready') resolve();
      else fail(report.message, report.code);
    });
  });
  const { pid } = child;
  const identity = pid === undefined ? undefined : identityOf(pid);
  if (identity === undefined) throw new EmulatorStartError(options.kind, 'its process ended at once', logFile);
  return {
    identity,
    logFile,
    exited,
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
