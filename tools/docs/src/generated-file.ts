import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that follows from the source. `path` is relative to the root of the workspace. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The paths of files that are missing or say something else than they should. */
export function staleFiles(root: string, files: readonly GeneratedFile[]): string[] {
  return files
    .filter(({ path, text }) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text)
    .map(({ path }) => path);
}

/** Writes what is stale, and answers its paths. */
export function writeFiles(root: string, files: readonly GeneratedFile[]): string[] {
  const stale = new Set(staleFiles(root, files));
  for (const { path, text } of files.filter((file) => stale.has(file.path))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...stale];
}
