import { lstatSync } from 'node:fs';
import { readlink, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DataDirectory } from './data-directory.js';
import { KINDS, OPTIONAL_KINDS } from './emulator-kinds.js';
import { endLeftover } from './emulator-process.js';

/**
 * Removes all data of a cloud, for a start from nothing: ends servers that an earlier start left behind, and takes with
 * it data of Postgres that had to lie elsewhere.
 *
 * @throws CloudAlreadyRunningError while a process holds the directory.
 */
export async function removeCloudData(dataDir: string): Promise<void> {
  const { path } = await DataDirectory.take(resolve(dataDir));
  await Promise.all([...KINDS, ...OPTIONAL_KINDS].map((kind) => endLeftover({ kind, dataDir: join(path, kind) })));
  const postgres = join(path, 'postgres');
  const elsewhere = lstatSync(postgres, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (elsewhere) await rm(dirname(await readlink(postgres)), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true });
}
