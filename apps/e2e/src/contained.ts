import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The user that owns nothing. */
const NOBODY = 65_534;

/** How a program is started as in its container: where its files are, in which folder, and with what environment. */
export interface Contained {
  readonly bundle: string;
  readonly program: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a program with what its container gives it: its bundle to read, nothing to write, no other program, worker or
 * native code, only the environment that is named, and where this process may choose, a user that owns nothing. It is
 * Node's permission model that refuses the rest, so that any machine can show it; in the container the kernel does.
 */
export function startContained({ bundle, program, cwd, env }: Contained): ChildProcess {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  return spawn(process.execPath, ['--permission', `--allow-fs-read=${bundle}`, join(bundle, `${program}.mjs`)], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
}

/** What a program prints, its long lines cut, for the code of a bundle is one line; and how it ends. */
export function watched(child: ChildProcess): { readonly printed: () => string; readonly ended: Promise<unknown> } {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-20_000)));
  }
  return {
    printed: () => text,
    ended: once(child, 'exit').then(([code, signal]) => (signal as string | null) ?? code),
  };
}

/** What lies in a folder, by name, as a hash. */
export function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}
