import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from './system-error.js';

/** A process that cannot be mistaken for another that got the same pid later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the system's own notation; opaque. */
  readonly startedAt: string;
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '');
}

function readProc(pid: number, file: 'stat' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function askPs(pid: number, column: 'lstart' | 'command'): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || undefined;
  } catch (error) {
    // `ps -p` exits 1 for a pid that does not exist.
    if (typeof error === 'object' && error !== null && 'status' in error) return undefined;
    throw error;
  }
}

/** Field 22 of /proc/PID/stat, the start in clock ticks since boot (proc(5)); the name before it may hold spaces. */
function startOnLinux(pid: number): string | undefined {
  const stat = readProc(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/** The identity of a live process, or undefined where no such process runs (a zombie does not). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : askPs(pid, 'lstart');
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** The command line of a live process, its arguments joined by spaces; empty where there is none. */
export function commandLineOf(pid: number): string {
  const text = process.platform === 'linux' ? readProc(pid, 'cmdline')?.replaceAll('\0', ' ') : askPs(pid, 'command');
  return text ?? '';
}

/** Whether exactly this process still runs: same pid and same start. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startedAt === identity.startedAt;
}

/** Waits until exactly this process has ended; false where it still runs after `timeoutMs`. */
export async function hasEnded(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isSameProcess(identity)) {
    if (performance.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

/** Sends the signals in turn, `patienceMs` apart, until exactly this process has ended; false where it outlives all. */
export async function endProcess(
  identity: ProcessIdentity,
  signals: readonly NodeJS.Signals[],
  patienceMs: number,
): Promise<boolean> {
  for (const signal of signals) {
    if (!isSameProcess(identity)) return true;
    try {
      process.kill(identity.pid, signal);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    if (await hasEnded(identity, patienceMs)) return true;
  }
  return !isSameProcess(identity);
}
