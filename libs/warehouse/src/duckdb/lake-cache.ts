import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { LakeFile } from '../lake/manifest.js';
import type { LakeObjects } from '../lake/lake-objects.js';

/** Objects fetched at a time. */
const AT_ONCE = 8;

/**
 * Copies of the lake's files on this disk, since DuckDB reads S3 only through an extension from the network. A key's
 * content never changes, so that only new ones are fetched; what the manifest no longer names is removed, which is how
 * an erasure gets here. Gives the paths, in the order of the files.
 */
export async function cacheLake(
  folder: string,
  objects: Pick<LakeObjects, 'get'>,
  files: readonly LakeFile[],
): Promise<string[]> {
  const paths = files.map(({ key }) => join(folder, key));
  const waiting = files.entries();
  const worker = async (): Promise<void> => {
    for (const [at, file] of waiting) await fetchFile(objects, file, paths[at] ?? '');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await removeOthers(folder, new Set(files.map(({ key }) => key)));
  return paths;
}

async function fetchFile(objects: Pick<LakeObjects, 'get'>, { key, bytes }: LakeFile, path: string): Promise<void> {
  if ((await sizeOf(path)) === bytes) return;
  await mkdir(dirname(path), { recursive: true });
  // Whole or not at all: a run that is broken off leaves no half of a file under its name.
  await writeFile(`${path}.part`, await objects.get(key));
  await rename(`${path}.part`, path);
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.size;
}

async function removeOthers(folder: string, keys: ReadonlySet<string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of found.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!keys.has(relative(folder, path))) await rm(path);
  }
}
