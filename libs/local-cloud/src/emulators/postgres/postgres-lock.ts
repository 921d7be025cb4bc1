import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LocalCloudError } from '../../local-cloud.errors.js';
import { commandLineOf, endProcess, identityOf } from '../../process-identity.js';
import { systemErrorCode } from '../../system-error.js';

/** The parts of postmaster.pid that are used. */
export interface PostmasterLock {
  readonly pid: number;
  /** `starting`, `ready`, `stopping` or empty. */
  readonly status: string;
}

/** Lines of postmaster.pid: pid, data directory, start time, port, socket directory, address, shared memory, status. */
export function readPostmasterLock(path: string): PostmasterLock | undefined {
  try {
    const lines = readFileSync(join(path, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Ends the postmaster of a data directory that outlived its parent, and removes a lock whose process is gone: Postgres
 * itself refuses to start when a stranger got the pid in the meantime. Answers whether a process had to be ended.
 *
 * @throws LocalCloudError where that process does not end.
 */
export async function clearPostmasterLock(dataDir: string): Promise<boolean> {
  let path: string;
  try {
    path = realpathSync(dataDir);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
  const lock = readPostmasterLock(path);
  if (lock === undefined) return false;
  const identity = identityOf(lock.pid);
  const alive = identity !== undefined && commandLineOf(lock.pid).includes(`-D ${path} `);
  // Fast shutdown, then immediate shutdown, which leaves the rest to crash recovery.
  if (alive && !(await endProcess(identity, ['SIGINT', 'SIGQUIT'], 10_000))) {
    throw new LocalCloudError(`PostgreSQL (process ${lock.pid}) of an earlier start does not end: ${path}`);
  }
  rmSync(join(path, 'postmaster.pid'), { force: true });
  return alive;
}
