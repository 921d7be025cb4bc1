import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

/** The user of the image. */
const USER = 65_532;

/** What a process of a container may do, as the kernel says (proc(5)). */
export interface ProcessFacts {
  /** Its id within its container. */
  readonly pid: number;
  readonly user: number;
  /** Zero: none. */
  readonly capabilities: bigint;
  readonly noNewPrivileges: boolean;
}

/** A container that runs. */
export interface Container {
  /** What it printed so far. */
  readonly printed: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<unknown>;
  /** Of its first process; undefined until that runs. */
  facts(): ProcessFacts | undefined;
  signal(name: NodeJS.Signals): void;
}

/** Makes the mount invisible outside, and read-only; then the program in a namespace of processes that is its own. */
const START = `set -e
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
exec setpriv --no-new-privs unshare --pid --fork --kill-child --root "$ROOT" --wd "$WORKDIR" --setgid ${USER} --setuid ${USER} "$@"`;

/**
 * Starts a program in the mounted root of an image as Fargate starts it: the first process of a namespace of its own, a
 * user that owns nothing, without any capability and without a way to gain one, the whole root read-only, in the folder and
 * with the environment of the image and what `env` adds. The network is the machine's.
 */
export function startContainer(
  { root, workdir, program }: { root: string; workdir: string; program: readonly string[] },
  env: Readonly<Record<string, string>>,
): Container {
  const child = spawn('unshare', ['--mount', '/bin/sh', '-c', START, 'sh', ...program], {
    env: { ...env, ROOT: root, WORKDIR: workdir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-10_000)));
  }
  const first = (): number | undefined => firstProcess(child);
  return {
    printed: () => text,
    ended: once(child, 'exit').then(([code, signal]) => (signal as string | null) ?? code),
    facts: () => {
      const pid = first();
      return pid === undefined ? undefined : factsOf(pid);
    },
    signal: (name) => {
      const pid = first();
      if (pid !== undefined) process.kill(pid, name);
    },
  };
}

/** The only child of `unshare`, once there is one, and as long as it lives. */
function firstProcess({ pid, exitCode }: ChildProcess): number | undefined {
  if (exitCode !== null) return undefined;
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).find((process) => parentOf(process) === pid);
}

function parentOf(process: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1]);
  } catch (error) {
    // It has ended since it was listed.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

function factsOf(process: number): ProcessFacts {
  const status = readFileSync(`/proc/${process}/status`, 'utf8');
  const field = (name: string): string[] => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]?.split(/\s+/) ?? [];
  return {
    pid: Number(field('NSpid').at(-1)),
    user: Number(field('Uid')[0]),
    capabilities: BigInt(`0x${field('CapEff')[0] ?? 'f'}`),
    noNewPrivileges: field('NoNewPrivs')[0] === '1',
  };
}
