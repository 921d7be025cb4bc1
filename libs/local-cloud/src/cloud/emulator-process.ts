import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type EmulatorOptions, type EmulatorReport } from '../emulators/emulator-options.js';
import { type BoundedLog } from '../bounded-log.js';
import { EmulatorStartError } from '../local-cloud.errors.js';
import { clearPostmasterLock } from '../emulators/postgres/postgres-lock.js';
import { endValkeyLeftover } from '../emulators/valkey/valkey-leftover.js';
import { endProcess, hasEnded, identityOf, type ProcessIdentity } from '../process-identity.js';
import { readJson } from './data-directory.js';

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

/** Runs of state machines are short-lived garbage: in a small nursery they do not grow the process by 100 MB. */
const flagsOf = ({ kind }: EmulatorOptions): string[] => (kind === 'sfn' ? ['--max-semi-space-size=2'] : []);

function spawnEntry(options: EmulatorOptions, log: BoundedLog): ChildProcess {
  return log.attach((descriptor) =>
    spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', ...flagsOf(options), ENTRY, JSON.stringify(options)],
      {
        // A session of its own: Ctrl-C in the terminal reaches the parent alone, which ends the services first.
        detached: true,
        stdio: ['ignore', descriptor, descriptor, 'ipc'],
        env: { ...process.env, NODE_OPTIONS: '', AWS_REGION: options.region, AWS_ACCOUNT_ID: options.accountId },
      },
    ),
  );
}

const pidFileOf = ({ dataDir }: Pick<EmulatorOptions, 'dataDir'>) => `${dataDir}.pid`;
/** An orphan ends by itself once it notices; after this time it is killed, which it survives without loss. */
const ORPHAN_PATIENCE_MS = 5_000;

/** Ends what an earlier start of this server left behind when it was killed; answers whether there was anything. */
export async function endLeftover(options: Pick<EmulatorOptions, 'dataDir' | 'kind'>): Promise<boolean> {
  const left = readJson<ProcessIdentity>(pidFileOf(options));
  const ownProcess = left !== undefined && !(await hasEnded(left, 0));
  if (ownProcess && !(await hasEnded(left, ORPHAN_PATIENCE_MS)))
    await endProcess(left, ['SIGKILL'], ORPHAN_PATIENCE_MS);
  const postmaster = options.kind === 'postgres' && (await clearPostmasterLock(options.dataDir));
  const valkey = options.kind === 'valkey' && (await endValkeyLeftover(options.dataDir));
  return ownProcess || postmaster || valkey;
}

/** Writes down which process serves a data directory, for `endLeftover` of the next start. */
function recordProcess(child: ChildProcess, options: EmulatorOptions): ProcessIdentity | undefined {
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity !== undefined) writeFileSync(pidFileOf(options), JSON.stringify(identity));
  return identity;
}

/**
 * Starts an embedded server in a process of its own and waits until it serves.
 *
 * @throws EmulatorStartError when it ended or reported a failure instead.
 */
export async function startEmulatorProcess(options: EmulatorOptions, log: BoundedLog): Promise<EmulatorProcess> {
  const logFile = log.file;
  const child = spawnEntry(options, log);
  const identity = recordProcess(child, options);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      rmSync(pidFileOf(options), { force: true });
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string, code?: string) => reject(new EmulatorStartError(options.kind, reason, logFile, code));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`its process ended with ${signal ?? code}`));
    child.on('message', (report: EmulatorReport) => {
      if (report.type === 'ready') resolve();
      else fail(report.message, report.code);
    });
  });
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
